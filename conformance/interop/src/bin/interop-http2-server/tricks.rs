//! What is done to calls.

use http2_peer::frames;
use rsgrpc_interop::Result;

use crate::connection::{Call, Connection};

/// Bytes in a frame where nothing else is wanted.
const FRAME: usize = 16 * 1024;

#[derive(Clone, Copy)]
pub(crate) enum Trick {
    GoAway,
    MaxStreams,
    Padding(u8),
    Ping,
    Reset(After),
}

/// What has been sent when a call is reset.
#[derive(Clone, Copy)]
pub(crate) enum After {
    Head,
    HalfOfTheData,
    AllData,
}

impl Trick {
    pub(crate) fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "goaway" => Self::GoAway,
            "max_streams" => Self::MaxStreams,
            "data_frame_padding" => Self::Padding(255),
            "no_df_padding_sanity_test" => Self::Padding(0),
            "ping" => Self::Ping,
            "rst_after_header" => Self::Reset(After::Head),
            "rst_during_data" => Self::Reset(After::HalfOfTheData),
            "rst_after_data" => Self::Reset(After::AllData),
            _ => return Err(format!("there is no case {name} here").into()),
        })
    }

    /// Serves a connection to its end.
    pub(crate) async fn serve(self, mut connection: Connection) {
        let mut first = true;
        while let Some(call) = connection.call().await {
            match self {
                Self::GoAway => {
                    assert!(first, "a call on a connection that the server has said goodbye to");
                    connection.send(frames::goaway(call.stream, frames::NO_ERROR, "")).await;
                    answer(&mut connection, &call, FRAME, 0).await;
                }
                Self::MaxStreams => {
                    if first {
                        connection.limit_calls().await;
                    }
                    answer(&mut connection, &call, FRAME, 0).await;
                }
                // Small frames, so that there is more padding than data.
                Self::Padding(padding) => answer(&mut connection, &call, 100, padding).await,
                Self::Ping => ping(&mut connection, &call).await,
                Self::Reset(after) => reset(&mut connection, &call, after).await,
            }
            first = false;
        }
    }
}

async fn answer(connection: &mut Connection, call: &Call, size: usize, padding: u8) {
    connection.send(frames::response(call.stream)).await;
    connection.body(call.stream, &call.response(), size, padding).await;
    connection.ok(call.stream).await;
}

async fn ping(connection: &mut Connection, call: &Call) {
    connection.ping().await;
    connection.send(frames::response(call.stream)).await;
    connection.ping().await;
    connection.body(call.stream, &call.response(), FRAME, 0).await;
    connection.ping().await;
    connection.pongs().await;
    connection.ok(call.stream).await;
}

async fn reset(connection: &mut Connection, call: &Call, after: After) {
    let response = call.response();
    let sent = match after {
        After::Head => 0,
        After::HalfOfTheData => response.len() / 2,
        After::AllData => response.len(),
    };
    connection.send(frames::response(call.stream)).await;
    connection.body(call.stream, response.get(..sent).unwrap_or_default(), FRAME, 0).await;
    connection.send(frames::reset(call.stream, frames::NO_ERROR)).await;
}
