// The interop server on grpc-js: `call PATH` is printed for each call that comes.
'use strict';

const { readFileSync } = require('fs');
const { setTimeout: sleep } = require('timers/promises');
const {
  grpc, services, zeros, flags, verifyToken, ECHO_INITIAL, ECHO_TRAILING, CERT_FILE, KEY_FILE,
} = require('./interop_service');

const FLAGS = flags('port', 'use_tls', 'tls_cert_file', 'tls_key_file', 'token_keys_file');

function echoMetadata(call) {
  const [headers, trailers] = [new grpc.Metadata(), new grpc.Metadata()];
  for (const value of call.metadata.get(ECHO_INITIAL)) headers.add(ECHO_INITIAL, value);
  for (const value of call.metadata.get(ECHO_TRAILING)) trailers.add(ECHO_TRAILING, value);
  call.sendMetadata(headers);
  return trailers;
}

// Throws the status that the request wants.
function echoStatus({ response_status: status }, metadata) {
  if (status && status.code) throw { code: status.code, details: status.message, metadata };
}

// What the caller's token tells; throws where it is not valid.
function claims(call) {
  const [header] = call.metadata.get('authorization');
  if (!FLAGS.token_keys_file || !header) return {};
  try {
    return verifyToken(header.replace(/^Bearer /, ''), JSON.parse(readFileSync(FLAGS.token_keys_file)));
  } catch (error) {
    throw { code: grpc.status.UNAUTHENTICATED, details: error.message };
  }
}

async function unaryCall(call) {
  const trailers = echoMetadata(call);
  echoStatus(call.request, trailers);
  const response = { payload: zeros(call.request.response_size) };
  if (call.request.fill_username) response.username = claims(call).sub;
  if (call.request.fill_oauth_scope) response.oauth_scope = claims(call).scope;
  return [response, trailers];
}

async function cacheableUnaryCall(call) {
  const headers = new grpc.Metadata();
  headers.set('cache-control', 'max-age=60, public');
  call.sendMetadata(headers);
  return [{ payload: { body: Buffer.from(String(process.hrtime.bigint())) } }];
}

async function streamingInputCall(call) {
  let aggregated_payload_size = 0;
  for await (const { payload } of call) aggregated_payload_size += payload.body.length;
  return [{ aggregated_payload_size }];
}

async function answer(call, request, trailers) {
  echoStatus(request, trailers);
  for (const { size, interval_us } of request.response_parameters) {
    if (interval_us) await sleep(interval_us / 1000);
    call.write({ payload: zeros(size) });
  }
}

async function streamingOutputCall(call) {
  const trailers = echoMetadata(call);
  await answer(call, call.request, trailers);
  return trailers;
}

async function fullDuplexCall(call) {
  const trailers = echoMetadata(call);
  // Unlike plain iteration this leaves the call open for the answer.
  for await (const request of call.iterator({ destroyOnReturn: false })) await answer(call, request, trailers);
  return trailers;
}

async function halfDuplexCall(call) {
  const trailers = echoMetadata(call);
  const requests = [];
  for await (const request of call.iterator({ destroyOnReturn: false })) requests.push(request);
  for (const request of requests) await answer(call, request, trailers);
  return trailers;
}

const single = (handler) => (call, respond) => handler(call)
  .then(([response, trailers]) => respond(null, response, trailers), (error) => respond(error));
const stream = (handler) => (call) => handler(call)
  .then((trailers) => call.end(trailers), (error) => call.emit('error', error));

function calls(method, call) {
  console.log(`call ${method.path}`);
  return new grpc.ServerInterceptingCall(call);
}

function serverCredentials() {
  if (FLAGS.use_tls !== 'true') return grpc.ServerCredentials.createInsecure();
  const [cert, key] = [FLAGS.tls_cert_file ?? CERT_FILE, FLAGS.tls_key_file ?? KEY_FILE];
  return grpc.ServerCredentials.createSsl(null, [{ cert_chain: readFileSync(cert), private_key: readFileSync(key) }]);
}

const server = new grpc.Server({ interceptors: [calls] });
server.addService(services.TestService.service, {
  EmptyCall: (_, respond) => respond(null, {}),
  UnaryCall: single(unaryCall),
  CacheableUnaryCall: single(cacheableUnaryCall),
  StreamingOutputCall: stream(streamingOutputCall),
  StreamingInputCall: single(streamingInputCall),
  FullDuplexCall: stream(fullDuplexCall),
  HalfDuplexCall: stream(halfDuplexCall),
});
server.bindAsync(`[::]:${FLAGS.port}`, serverCredentials(), (error, port) => {
  if (error) throw error;
  console.log(`listening [::]:${port}`);
});
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(0));
