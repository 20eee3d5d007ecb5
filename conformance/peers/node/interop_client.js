// The interop client on grpc-js; `--test_case` may name several cases, separated by commas.
'use strict';

const assert = require('assert');
const { readFileSync } = require('fs');
const { grpc, services, zeros, flags, signToken, ECHO_INITIAL, ECHO_TRAILING, CA_FILE } = require('./interop_service');

const FLAGS = flags(
  'server_host', 'server_port', 'server_host_override', 'test_case', 'use_tls', 'use_test_ca', 'ca_file',
  'service_account_key_file', 'oauth_scope', 'soak_iterations',
);
const REQUEST_SIZES = [27182, 8, 1828, 45904];
const RESPONSE_SIZES = [31415, 9, 2653, 58979];
const LARGE = { response_size: 314159, payload: zeros(271828) };
const { status } = grpc;
// A write flag that grpc-js knows and does not export.
const NO_COMPRESS = 2;

// A client with a connection of its own.
function connect({ service = services.TestService, call, options = {} } = {}) {
  const address = `${FLAGS.server_host ?? 'localhost'}:${FLAGS.server_port}`;
  options = { 'grpc.use_local_subchannel_pool': 1, ...options };
  if (FLAGS.use_tls !== 'true') return new service(address, grpc.credentials.createInsecure(), options);
  if (FLAGS.server_host_override) {
    options['grpc.ssl_target_name_override'] = FLAGS.server_host_override;
    options['grpc.default_authority'] = FLAGS.server_host_override;
  }
  const roots = FLAGS.use_test_ca === 'true' ? readFileSync(FLAGS.ca_file ?? CA_FILE) : null;
  const channel = grpc.credentials.createSsl(roots);
  return new service(address, call ? grpc.credentials.combineChannelCredentials(channel, call) : channel, options);
}

// A unary call: its response, or throws the error.
const unary = (client, method, request, metadata = new grpc.Metadata(), options = {}) => new Promise((resolve, reject) => {
  client[method](request, metadata, options, (error, response) => (error ? reject(error) : resolve(response)));
});

async function fails(code, promise) {
  try {
    await promise;
  } catch (error) {
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`succeeded, where ${status[code]} was expected`);
}

function check({ payload }, size = 314159) {
  assert(payload.body.equals(Buffer.alloc(size)), `${payload.body.length} bytes, where ${size} zeros were expected`);
}

const parameters = (...sizes) => sizes.map((size) => ({ size }));

async function expectSizes(call, sizes) {
  const found = [];
  for await (const { payload } of call) found.push(payload.body.length);
  assert.deepEqual(found, sizes);
}

// An upload of requests with flags; resolves to the response.
const upload = (client, requests) => new Promise((resolve, reject) => {
  const call = client.StreamingInputCall((error, response) => (error ? reject(error) : resolve(response)));
  for (const [request, flags] of requests) call.write(request, flags);
  call.end();
});

// Metadata around the answer to a call, once it is over.
function around(call) {
  const headers = new Promise((resolve) => call.on('metadata', resolve));
  const trailers = new Promise((resolve) => call.on('status', ({ metadata }) => resolve(metadata)));
  return Promise.all([headers, trailers]);
}

const account = () => JSON.parse(readFileSync(FLAGS.service_account_key_file));

// A token that the account signs itself.
function ownToken(claims) {
  const { client_email, private_key_id, private_key } = account();
  const now = Math.floor(Date.now() / 1000);
  return signToken({ iss: client_email, sub: client_email, iat: now, exp: now + 3600, ...claims }, private_key_id, private_key);
}

const bearer = (token) => grpc.credentials.createFromMetadataGenerator((target, callback) => {
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${token(target)}`);
  callback(null, metadata);
});
const ownTokens = bearer(({ service_url: aud }) => ownToken({ aud }));

const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };

const cases = {
  empty_unary: async (client) => assert.deepEqual(await unary(client, 'EmptyCall', {}), {}),
  cacheable_unary: async (client) => {
    const metadata = new grpc.Metadata();
    metadata.set('x-user-ip', '1.2.3.4');
    const request = { payload: { body: Buffer.from(String(process.hrtime.bigint())) } };
    const first = await unary(client, 'CacheableUnaryCall', request, metadata);
    assert(first.payload.body.length > 0);
    assert.deepEqual(await unary(client, 'CacheableUnaryCall', request, metadata), first);
  },
  large_unary: async (client) => check(await unary(client, 'UnaryCall', LARGE)),
  // Only a channel can be told to compress.
  client_compressed_unary: async (client) => {
    const [compressed, plain] = [true, false].map((value) => ({ ...LARGE, expect_compressed: { value } }));
    await fails(status.INVALID_ARGUMENT, unary(client, 'UnaryCall', compressed));
    const compressing = connect({ options: gzip });
    check(await unary(compressing, 'UnaryCall', compressed));
    check(await unary(client, 'UnaryCall', plain));
    compressing.close();
  },
  // Whether the flag was set, grpc-js does not tell.
  server_compressed_unary: async (client) => {
    for (const value of [true, false]) check(await unary(client, 'UnaryCall', { ...LARGE, response_compressed: { value } }));
  },
  client_streaming: async (client) => {
    const response = await upload(client, REQUEST_SIZES.map((size) => [{ payload: zeros(size) }]));
    assert.equal(response.aggregated_payload_size, 74922);
  },
  client_compressed_streaming: async (client) => {
    const [compressed, plain] = [[true, 27182], [false, 45904]]
      .map(([value, size]) => ({ expect_compressed: { value }, payload: zeros(size) }));
    await fails(status.INVALID_ARGUMENT, upload(client, [[compressed]]));
    const compressing = connect({ options: gzip });
    const response = await upload(compressing, [[compressed], [plain, NO_COMPRESS]]);
    assert.equal(response.aggregated_payload_size, 73086);
    compressing.close();
  },
  server_streaming: async (client) => {
    await expectSizes(client.StreamingOutputCall({ response_parameters: parameters(...RESPONSE_SIZES) }), RESPONSE_SIZES);
  },
  // Whether the flags were set, grpc-js does not tell.
  server_compressed_streaming: async (client) => {
    const response_parameters = [{ size: 31415, compressed: { value: true } }, { size: 92653, compressed: { value: false } }];
    await expectSizes(client.StreamingOutputCall({ response_parameters }), [31415, 92653]);
  },
  ping_pong: async (client) => {
    const call = client.FullDuplexCall();
    const responses = call[Symbol.asyncIterator]();
    for (const [index, size] of REQUEST_SIZES.entries()) {
      call.write({ response_parameters: parameters(RESPONSE_SIZES[index]), payload: zeros(size) });
      check((await responses.next()).value, RESPONSE_SIZES[index]);
    }
    call.end();
    assert((await responses.next()).done);
  },
  empty_stream: async (client) => {
    const call = client.FullDuplexCall();
    call.end();
    await expectSizes(call, []);
  },
  custom_metadata: async (client) => {
    const metadata = new grpc.Metadata();
    metadata.set(ECHO_INITIAL, 'test_initial_metadata_value');
    metadata.set(ECHO_TRAILING, Buffer.from('ababab', 'hex'));
    const echoed = ([headers, trailers]) => {
      assert.deepEqual(headers.get(ECHO_INITIAL), ['test_initial_metadata_value']);
      assert.deepEqual(trailers.get(ECHO_TRAILING), [Buffer.from('ababab', 'hex')]);
    };
    let single;
    const response = new Promise((resolve, reject) => {
      single = client.UnaryCall(LARGE, metadata, (error, response) => (error ? reject(error) : resolve(response)));
    });
    const aroundSingle = around(single);
    check(await response);
    echoed(await aroundSingle);
    const call = client.FullDuplexCall(metadata);
    const aroundCall = around(call);
    call.write({ response_parameters: parameters(314159), payload: zeros(271828) });
    call.end();
    await expectSizes(call, [314159]);
    echoed(await aroundCall);
  },
  status_code_and_message: async (client) => {
    const response_status = { code: 2, message: 'test status message' };
    const error = await fails(status.UNKNOWN, unary(client, 'UnaryCall', { response_status }));
    assert.equal(error.details, response_status.message);
    const call = client.FullDuplexCall();
    call.write({ response_status });
    call.end();
    assert.equal((await fails(status.UNKNOWN, expectSizes(call, []))).details, response_status.message);
  },
  special_status_message: async (client) => {
    const response_status = { code: 2, message: '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n' };
    const error = await fails(status.UNKNOWN, unary(client, 'UnaryCall', { response_status }));
    assert.equal(error.details, response_status.message);
  },
  unimplemented_method: (client) => fails(status.UNIMPLEMENTED, unary(client, 'UnimplementedCall', {})),
  unimplemented_service: async () => {
    const client = connect({ service: services.UnimplementedService });
    await fails(status.UNIMPLEMENTED, unary(client, 'UnimplementedCall', {}));
    client.close();
  },
  cancel_after_begin: async (client) => {
    let call;
    const response = new Promise((resolve, reject) => {
      call = client.StreamingInputCall((error, response) => (error ? reject(error) : resolve(response)));
    });
    call.cancel();
    await fails(status.CANCELLED, response);
  },
  cancel_after_first_response: async (client) => {
    const call = client.FullDuplexCall();
    const responses = call[Symbol.asyncIterator]();
    call.write({ response_parameters: parameters(31415), payload: zeros(27182) });
    check((await responses.next()).value, 31415);
    call.cancel();
    await fails(status.CANCELLED, responses.next());
  },
  timeout_on_sleeping_server: async (client) => {
    const call = client.FullDuplexCall(new grpc.Metadata(), { deadline: Date.now() + 1 });
    call.write({ payload: zeros(27182) });
    await fails(status.DEADLINE_EXCEEDED, expectSizes(call, []));
  },
  concurrent_large_unary: async (client) => {
    const calls = Array.from({ length: 1000 }, () => unary(client, 'UnaryCall', LARGE).then((response) => check(response)));
    await Promise.all(calls);
  },
  rpc_soak: async (client) => {
    for (let left = Number(FLAGS.soak_iterations ?? 10); left > 0; left--) check(await unary(client, 'UnaryCall', LARGE));
  },
  jwt_token_creds: async () => {
    const client = connect({ call: ownTokens });
    const response = await unary(client, 'UnaryCall', { ...LARGE, fill_username: true });
    check(response);
    assert.equal(response.username, account().client_email);
    client.close();
  },
  per_rpc_creds: async (client) => {
    const request = { fill_username: true };
    const { username } = await unary(client, 'UnaryCall', request, undefined, { credentials: ownTokens });
    assert.equal(username, account().client_email);
  },
  oauth2_auth_token: async () => {
    const { client_email, token_uri } = account();
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: ownToken({ aud: token_uri, scope: FLAGS.oauth_scope }),
    });
    const { access_token } = await (await fetch(token_uri, { method: 'POST', body })).json();
    const client = connect({ call: bearer(() => access_token) });
    const response = await unary(client, 'UnaryCall', { fill_username: true, fill_oauth_scope: true });
    assert.equal(response.username, client_email);
    assert(response.oauth_scope && FLAGS.oauth_scope.includes(response.oauth_scope));
    client.close();
  },
  channel_soak: async () => {
    for (let left = Number(FLAGS.soak_iterations ?? 10); left > 0; left--) {
      const client = connect();
      check(await unary(client, 'UnaryCall', LARGE));
      client.close();
    }
  },
};

(async () => {
  for (const name of FLAGS.test_case.split(',')) {
    let timer;
    const client = connect();
    const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('timed out')), 120_000)));
    try {
      await Promise.race([cases[name](client), late]);
      console.log(`ok ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.error(error);
      console.log(`FAIL ${name}: ${String(error.message).replaceAll('\n', ' ').slice(0, 300)}`);
    }
    clearTimeout(timer);
    client.close();
  }
  process.exit();
})();
