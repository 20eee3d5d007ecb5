// A proxy with a cache, for `cacheable_unary`: what a server lets be kept is kept, and answers requests that are equal
// to the byte. gRPC's requests are POST, which caches that one can install do not keep.
'use strict';

const http2 = require('http2');
const { flags } = require('./interop_service');

const FLAGS = flags('port', 'backend');
const kept = new Map();
const backend = http2.connect(`http://127.0.0.1:${FLAGS.backend}`);

async function body(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// What the server answers: `{ headers, body, trailers }`.
async function forward(headers, request) {
  const stream = backend.request(headers);
  const answer = {};
  stream.on('response', (headers) => (answer.headers = headers));
  stream.on('trailers', (trailers) => (answer.trailers = trailers));
  stream.end(request);
  answer.body = await body(stream);
  return answer;
}

async function answer(stream, headers) {
  const request = await body(stream);
  const key = `${headers[':path']} ${request.toString('base64')}`;
  const found = kept.get(key);
  const { headers: answered, body: response, trailers } = found ?? await forward(headers, request);
  if (/max-age=[1-9]/.test(answered['cache-control'])) kept.set(key, { headers: answered, body: response, trailers });
  stream.respond(answered, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(response);
}

const server = http2.createServer();
server.on('stream', (stream, headers) => answer(stream, headers).catch((error) => {
  console.error(error);
  stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
}));
server.listen(Number(FLAGS.port), '127.0.0.1', () => console.log(`listening 127.0.0.1:${server.address().port}`));
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(0));
