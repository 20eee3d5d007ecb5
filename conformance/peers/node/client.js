// The product client on grpc-js: runs the cases of ../cases.txt against the server at ADDRESS.
'use strict';

const assert = require('assert');
const { once } = require('events');
const { randomUUID } = require('crypto');
const { grpc, ProductService, MESSAGE, TRAILERS, DESCRIPTION, DETAILS, PRODUCTS, Status, metadata } = require('./service');
const { credentials, secured } = require('./secured');

const LIMIT = 4 * 1024 * 1024;
const MANY = 100_000;
const { status } = grpc;

const [address, ...names] = process.argv.slice(2);
const client = new ProductService(address, credentials());

const token = () => randomUUID().replaceAll('-', '');

// A unary call: `{ response, headers, trailers }`, or throws the error.
function unary(product_id, { headers = [], timeout = 20_000 } = {}) {
  return new Promise((resolve, reject) => {
    const result = {};
    const options = timeout ? { deadline: Date.now() + timeout } : {};
    const call = client.GetProduct({ product_id }, metadata(headers), options, (error, response) => {
      if (error) return reject(error);
      result.response = response;
      if (result.trailers) resolve(result);
    });
    call.on('metadata', (headers) => (result.headers = headers));
    call.on('status', ({ metadata }) => {
      result.trailers = metadata;
      if (result.response) resolve(result);
    });
  });
}

const drill = async (id) => (await unary(id)).response;

// A client that compresses its requests.
const compressing = (algorithm) => new ProductService(address, credentials(),
  { 'grpc.default_compression_algorithm': algorithm });

// An upload: `call` to write to, `response` to wait for.
function upload(through = client) {
  let call;
  const response = new Promise((resolve, reject) => {
    call = through.UploadProducts((error, response) => (error ? reject(error) : resolve(response)));
  });
  response.catch(() => {});
  return { call, response };
}

async function uploadAll(products, through = client) {
  const { call, response } = upload(through);
  for (const product of products) call.write(product);
  call.end();
  return response;
}

async function collect(call) {
  const messages = [];
  for await (const message of call) messages.push(message);
  return messages;
}

// The next message of a stream, null at its end.
const next = async (messages) => {
  const { value, done } = await messages.next();
  return done ? null : value;
};

async function fails(code, promise) {
  const error = await promise.then(() => null, (error) => error);
  assert(error, `succeeded, where ${status[code]} was expected`);
  assert.equal(error.code, code, `${error.code} is not ${code}: ${error.details ?? error.stack}`);
  return error;
}

async function noted(name) {
  assert.equal((await drill(`seen-${name}`)).id, name);
}

// Several values of a text key may arrive as one, joined by a comma.
function has(metadata, entries) {
  for (const [key, value] of entries) {
    const values = metadata.get(key);
    const found = Buffer.isBuffer(value) ? values.some((each) => value.equals(each)) : values.join(', ').split(', ').includes(value);
    assert(found, `${key} is ${values.map(String)}`);
  }
}

// Where the progress stands once it has stopped growing.
async function stalled(progress) {
  let last = -1;
  for (let same = 0; same < 20;) {
    const now = await progress();
    same = now === last && now > 0 ? same + 1 : 0;
    last = now;
  }
  return last;
}

const path = (service, method) => new Promise((resolve, reject) => {
  const same = (bytes) => bytes;
  client.makeUnaryRequest(`/${service}/${method}`, same, same, Buffer.alloc(0), (error, response) => (error ? reject(error) : resolve(response)));
});

const cases = {
  'unary': async () => {
    const { id, name, price, image_urls, status } = await drill('prod-123');
    const expected = PRODUCTS[0];
    assert.deepEqual({ id, name, price, image_urls, status },
      { id: expected.id, name: expected.name, price: expected.price, image_urls: expected.image_urls, status: expected.status });
  },
  'unary-large': async () => {
    assert.equal((await drill('large-4000000')).description.length, 4_000_000);
    assert.equal((await uploadAll([{ id: 'discard', description: 'ä'.repeat(2_000_000) }])).products_created, 1);
  },
  'not-found': async () => {
    const error = await fails(status.NOT_FOUND, drill('nothing'));
    assert.equal(error.details, 'product nothing not found');
  },
  'invalid-argument': async () => {
    const error = await fails(status.INVALID_ARGUMENT, drill(''));
    assert.equal(error.details, 'product_id is required');
  },
  'error-statuses': async () => {
    for (let code = 1; code <= 16; code++) {
      const error = await fails(code, drill(`error-${code}`));
      assert.equal(error.details, MESSAGE);
      has(error.metadata, TRAILERS);
    }
  },
  'error-details': async () => {
    const error = await fails(status.FAILED_PRECONDITION, drill('details'));
    assert.equal(error.details, MESSAGE);
    const [bytes] = error.metadata.get('grpc-status-details-bin');
    const plain = (message) => Status.toObject(message, { bytes: String });
    assert.deepEqual(plain(Status.decode(bytes)), plain(Status.fromObject(DETAILS)));
  },
  'unimplemented-method': () => fails(status.UNIMPLEMENTED, path('ecommerce.ProductService', 'Nothing')),
  'unimplemented-service': () => fails(status.UNIMPLEMENTED, path('ecommerce.Nothing', 'GetProduct')),
  'metadata': async () => {
    const sent = [['text', 'plain text'], ['twice', '1'], ['twice', '2'],
      ['bytes-bin', Buffer.from(Array.from({ length: 256 }, (_, index) => index))], ['empty-bin', Buffer.alloc(0)]];
    const named = (prefix) => sent.map(([key, value]) => [prefix + key, value]);
    const { headers, trailers } = await unary('metadata', { headers: named('x-echo-') });
    has(headers, named('x-echo-'));
    has(trailers, named('x-trailer-'));
  },
  'server-streaming': async () => {
    const products = await collect(client.ListProducts({ category: 'electronics' }));
    assert.deepEqual(products.map((product) => product.id).sort(), ['prod-123', 'prod-456']);
  },
  'server-streaming-empty': async () => {
    assert.deepEqual(await collect(client.ListProducts({ category: 'nothing' })), []);
  },
  'server-streaming-error': async () => {
    const messages = client.ListProducts({ category: 'fail-3' })[Symbol.asyncIterator]();
    for (let index = 0; index < 3; index++) assert.equal((await next(messages)).id, `item-${index}`);
    const error = await fails(status.ABORTED, next(messages));
    assert.equal(error.details, MESSAGE);
    has(error.metadata, TRAILERS);
  },
  'client-streaming': async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `upload-${index}`);
    const response = await uploadAll(ids.map((id) => ({ id, name: `Ware ${id}` })));
    assert.deepEqual(response, { products_created: 10, product_ids: ids });
    assert.equal((await drill('upload-7')).name, 'Ware upload-7');
  },
  'client-streaming-empty': async () => {
    assert.deepEqual(await uploadAll([]), { products_created: 0, product_ids: [] });
  },
  'client-streaming-error': async () => {
    const { call, response } = upload();
    call.write({ id: 'error-9' });
    const error = await fails(status.FAILED_PRECONDITION, response);
    assert.equal(error.details, MESSAGE);
  },
  'bidi': async () => {
    await uploadAll([{ id: 'bidi', price: 1, stock_quantity: 5 }]);
    const call = client.ProductUpdates();
    const messages = call[Symbol.asyncIterator]();
    // One at a time: each answer must arrive before the next request is sent.
    const steps = [[{ new_price: 2.5 }, 'price', 2.5], [{ stock_adjustment: -3 }, 'stock_quantity', 2], [{ new_status: 3 }, 'status', 3]];
    for (const [update, field, expected] of steps) {
      call.write({ product_id: 'nothing', new_price: 1 });
      call.write({ product_id: 'bidi', ...update });
      assert.equal((await next(messages))[field], expected);
    }
    call.end();
    assert.equal(await next(messages), null);
  },
  'bidi-empty': async () => {
    const call = client.ProductUpdates();
    call.end();
    assert.deepEqual(await collect(call), []);
  },
  'deadline-seen-by-server': async () => {
    const left = (await unary('deadline', { timeout: 30_000 })).response.stock_quantity;
    assert(left > 20_000 && left < 31_000, `${left} ms left of 30,000`);
    assert.equal((await unary('deadline', { timeout: 0 })).response.stock_quantity, -1);
  },
  'deadline-exceeded': async () => {
    const ours = token();
    await fails(status.DEADLINE_EXCEEDED, unary(`hang-${ours}`, { timeout: 200 }));
    await noted(ours);
  },
  'deadline-exceeded-stream': async () => {
    const ours = token();
    await fails(status.DEADLINE_EXCEEDED, collect(client.ListProducts({ category: `endless-${ours}` }, { deadline: Date.now() + 300 })));
    await noted(ours);
  },
  'cancel-unary': async () => {
    const ours = token();
    let call;
    const result = new Promise((resolve, reject) => {
      call = client.GetProduct({ product_id: `hang-${ours}` }, (error, response) => (error ? reject(error) : resolve(response)));
    });
    result.catch(() => {});
    await noted(`${ours}-begun`);
    call.cancel();
    await fails(status.CANCELLED, result);
    await noted(ours);
  },
  'cancel-server-streaming': async () => {
    const ours = token();
    const call = client.ListProducts({ category: `endless-${ours}` });
    const messages = call[Symbol.asyncIterator]();
    for (let index = 0; index < 3; index++) assert.equal((await next(messages)).id, 'endless');
    call.cancel();
    await fails(status.CANCELLED, collect(messages));
    await noted(ours);
  },
  'cancel-bidi': async () => {
    const ours = token();
    const call = client.ProductUpdates();
    const messages = call[Symbol.asyncIterator]();
    call.write({ product_id: 'prod-789', stock_adjustment: 0 });
    assert.equal((await next(messages)).id, 'prod-789');
    call.write({ product_id: `hang-${ours}` });
    await noted(`${ours}-begun`);
    call.cancel();
    await fails(status.CANCELLED, next(messages));
    await noted(ours);
  },
  'request-too-large': async () => {
    await fails(status.RESOURCE_EXHAUSTED, uploadAll([{ id: 'discard', description: 'x'.repeat(LIMIT) }]));
    await drill('prod-123');
  },
  'response-too-large': async () => {
    await fails(status.RESOURCE_EXHAUSTED, drill(`large-${LIMIT}`));
    await drill('prod-123');
  },
  'compressed-request': async () => {
    for (const algorithm of [grpc.compressionAlgorithms.gzip, grpc.compressionAlgorithms.deflate]) {
      const response = await uploadAll([{ id: 'came', description: 'x'.repeat(100_000) }], compressing(algorithm));
      assert.equal(response.products_created, 1);
      assert(response.product_ids.length === 0 || response.product_ids[0] === 'compressed', response.product_ids);
    }
  },
  'compressed-response': async () => {
    assert.equal((await drill('gzip-100000')).description, 'x'.repeat(100_000));
  },
  'compressed-streams': async () => {
    const products = await collect(client.ListProducts({ category: 'gzip-100' }));
    assert.deepEqual(products.map(({ id, description }) => [id, description]),
      Array.from({ length: 100 }, (_, index) => [`item-${index}`, DESCRIPTION]));
    const uploaded = Array.from({ length: 10 }, (_, index) => ({ id: 'discard', description: 'x'.repeat(1000 * index) }));
    const response = await uploadAll(uploaded, compressing(grpc.compressionAlgorithms.gzip));
    assert.equal(response.products_created, 10);
  },
  'compressed-too-large': async () => {
    const uploaded = [{ id: 'discard', description: 'x'.repeat(LIMIT) }];
    await fails(status.RESOURCE_EXHAUSTED, uploadAll(uploaded, compressing(grpc.compressionAlgorithms.gzip)));
    await fails(status.RESOURCE_EXHAUSTED, drill(`gzip-${LIMIT}`));
  },
  'concurrent-1000': async () => {
    const products = await Promise.all(Array.from({ length: 1000 }, () => drill('gate-1000')));
    assert.equal(new Set(products.map((product) => product.description)).size, 1);
  },
  'download-100000': async () => {
    const before = (await drill('memory')).stock_quantity;
    const messages = client.ListProducts({ category: `count-${MANY}` })[Symbol.asyncIterator]();
    assert.equal((await next(messages)).id, 'item-0');
    const ahead = await stalled(async () => (await drill('sent')).stock_quantity);
    assert(ahead < MANY / 2, `the server ran ${ahead} messages ahead`);
    for (let index = 1; index < MANY; index++) assert.equal((await next(messages)).id, `item-${index}`);
    assert.equal(await next(messages), null);
    const grown = (await drill('memory')).stock_quantity - before;
    assert(grown < 64 * 1024, `the server grew by ${grown} KiB`);
  },
  'upload-100000': async () => {
    const ours = token();
    const product = { id: 'discard', description: 'x'.repeat(1000) };
    const { call, response } = upload();
    let written = 1;
    const writing = (async () => {
      call.write({ id: `stall-${ours}` });
      for (; written < MANY; written++) if (!call.write(product)) await once(call, 'drain');
      call.end();
    })();
    const ahead = await stalled(async () => (await drill('prod-123'), written));
    assert(ahead < MANY / 2, `the client ran ${ahead} messages ahead`);
    await drill(`release-${ours}`);
    await writing;
    assert.deepEqual(await response, { products_created: MANY, product_ids: [] });
  },
};

// A client that gets no connection.
async function refuses(credentials, options = {}) {
  const client = new ProductService(address, credentials, options);
  const call = new Promise((resolve, reject) => client.GetProduct({ product_id: 'prod-123' },
    new grpc.Metadata(), { deadline: Date.now() + 20_000 }, (error, response) => (error ? reject(error) : resolve(response))));
  await assert.rejects(call, { code: status.UNAVAILABLE });
  client.close();
}

if (secured) Object.assign(cases, {
  'secured-identity': async () => {
    const client = new ProductService(address, credentials({ token: 'token-of-the-client' }));
    const seen = await new Promise((resolve, reject) => client.GetProduct({ product_id: 'identity' },
      (error, response) => (error ? reject(error) : resolve(response))));
    assert.deepEqual([seen.name, seen.description], ['client', 'Bearer token-of-the-client']);
    client.close();
  },
  'secured-no-certificate': () => refuses(credentials({ identity: null })),
  'secured-strange-certificate': () => refuses(credentials({ identity: 'stranger' })),
  'secured-strange-server': () => refuses(credentials({ ca: 'other-ca' })),
  'secured-other-name': () => refuses(credentials(), { 'grpc.ssl_target_name_override': 'other.example' }),
  'secured-plaintext': () => refuses(grpc.credentials.createInsecure()),
});

(async () => {
  for (const name of names.length ? names : Object.keys(cases)) {
    let timer;
    const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('timed out')), 120_000)));
    try {
      await Promise.race([cases[name](), late]);
      console.log(`ok ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.error(error);
      console.log(`FAIL ${name}: ${String(error.message).replaceAll('\n', ' ').slice(0, 300)}`);
    }
    clearTimeout(timer);
  }
  client.close();
  process.exit();
})();
