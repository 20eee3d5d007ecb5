//! The service that all cases call.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rsgrpc::compression::Encoding;
use rsgrpc::{Context, Sender, Status, Streaming};
use rsgrpc_interop::proto::{
    self, BoolValue, Empty, Payload, PayloadType, ResponseParameters, SimpleRequest, SimpleResponse,
    StreamingInputCallRequest, StreamingInputCallResponse, StreamingOutputCallRequest,
    StreamingOutputCallResponse,
};
use rsgrpc_interop::zeros;
use tokio::time::sleep;

use crate::{authentication, echo};

pub(crate) struct TestService;

impl proto::TestService for TestService {
    async fn empty_call(&self, _: &Context, _: Empty) -> Result<Empty, Status> {
        Ok(Empty::default())
    }

    async fn unary_call(&self, ctx: &Context, request: SimpleRequest) -> Result<SimpleResponse, Status> {
        echo::metadata(ctx)?;
        check_compressed(request.expect_compressed.as_ref(), ctx.request_was_compressed())?;
        echo::status(request.response_status.as_ref())?;
        if request.response_compressed().value {
            ctx.compress(Encoding::gzip());
        }
        let payload = Some(payload(request.response_type, request.response_size)?);
        let mut response = SimpleResponse { payload, ..Default::default() };
        authentication::fill(ctx, &request, &mut response);
        Ok(response)
    }

    /// Answers with the time, which a cache may keep for a minute.
    async fn cacheable_unary_call(&self, ctx: &Context, _: SimpleRequest) -> Result<SimpleResponse, Status> {
        ctx.initial_metadata().insert("cache-control", "max-age=60, public")?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let payload = Payload { body: now.to_string().into_bytes().into(), ..Default::default() };
        Ok(SimpleResponse { payload: Some(payload), ..Default::default() })
    }

    async fn streaming_output_call(
        &self,
        ctx: &Context,
        request: StreamingOutputCallRequest,
        responses: Sender<StreamingOutputCallResponse>,
    ) -> Result<(), Status> {
        echo::metadata(ctx)?;
        ctx.compress(Encoding::gzip());
        answer(&request, &responses).await
    }

    async fn streaming_input_call(
        &self,
        ctx: &Context,
        mut requests: Streaming<StreamingInputCallRequest>,
    ) -> Result<StreamingInputCallResponse, Status> {
        echo::metadata(ctx)?;
        let mut size = 0;
        while let Some(request) = requests.message().await? {
            check_compressed(request.expect_compressed.as_ref(), requests.was_compressed())?;
            size += request.payload().body.len();
        }
        let aggregated_payload_size =
            i32::try_from(size).map_err(|_| Status::out_of_range("the payloads are too large to count"))?;
        Ok(StreamingInputCallResponse { aggregated_payload_size, ..Default::default() })
    }

    async fn full_duplex_call(
        &self,
        ctx: &Context,
        mut requests: Streaming<StreamingOutputCallRequest>,
        responses: Sender<StreamingOutputCallResponse>,
    ) -> Result<(), Status> {
        echo::metadata(ctx)?;
        ctx.compress(Encoding::gzip());
        while let Some(request) = requests.message().await? {
            answer(&request, &responses).await?;
        }
        Ok(())
    }

    async fn half_duplex_call(
        &self,
        ctx: &Context,
        mut requests: Streaming<StreamingOutputCallRequest>,
        responses: Sender<StreamingOutputCallResponse>,
    ) -> Result<(), Status> {
        echo::metadata(ctx)?;
        ctx.compress(Encoding::gzip());
        let mut all = Vec::new();
        while let Some(request) = requests.message().await? {
            all.push(request);
        }
        for request in all {
            answer(&request, &responses).await?;
        }
        Ok(())
    }
}

/// Sends all responses that a request asks for, or the status.
async fn answer(
    request: &StreamingOutputCallRequest,
    responses: &Sender<StreamingOutputCallResponse>,
) -> Result<(), Status> {
    echo::status(request.response_status.as_ref())?;
    for parameters in &request.response_parameters {
        let ResponseParameters { size, interval_us, .. } = parameters;
        // Negative ones count as none.
        sleep(Duration::from_micros(u64::try_from(*interval_us).unwrap_or(0))).await;
        let payload = Some(payload(request.response_type, *size)?);
        let response = StreamingOutputCallResponse { payload, ..Default::default() };
        match parameters.compressed().value {
            true => responses.send(response).await?,
            false => responses.send_uncompressed(response).await?,
        }
    }
    Ok(())
}

/// Fails a call whose request is not compressed as it says of itself.
fn check_compressed(expected: Option<&BoolValue>, compressed: bool) -> Result<(), Status> {
    match expected {
        Some(expected) if expected.value != compressed => {
            Err(Status::invalid_argument(format!("compressed: {compressed}, expected: {}", expected.value)))
        }
        _ => Ok(()),
    }
}

fn payload(kind: PayloadType, size: i32) -> Result<Payload, Status> {
    if kind != PayloadType::COMPRESSABLE {
        return Err(Status::invalid_argument(format!("there are no payloads of {kind:?}")));
    }
    match usize::try_from(size) {
        Ok(size) => Ok(zeros(size)),
        Err(_) => Err(Status::invalid_argument(format!("{size} is not a size"))),
    }
}
