// What the server and the client share: the service, and what both ends of a drill agree on
// (../README.md tells the rest).
'use strict';

const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const PROTO = path.join(__dirname, '../../../examples/product/proto/product_service.proto');
const definition = loader.loadSync(PROTO, { keepCase: true, longs: String, enums: Number, defaults: true, oneofs: true });

exports.grpc = grpc;
exports.ProductService = grpc.loadPackageDefinition(definition).ecommerce.ProductService;

exports.MESSAGE = 'Größe um 100 % überschritten: 価格 😀\nzweite Zeile';
exports.TRAILERS = [['x-reason', 'out of stock'], ['x-reason-bin', Buffer.from([0x00, 0xff, 0x80])]];
exports.DESCRIPTION = 'x'.repeat(1000);

exports.PRODUCTS = [
  { id: 'prod-123', name: 'Laptop', description: '13 inches', price: 1299.5, category: 'electronics',
    stock_quantity: 7, image_urls: ['https://example.com/laptop.png'], status: 1 },
  { id: 'prod-456', name: 'Phone', price: 699.0, category: 'electronics', status: 2 },
  { id: 'prod-789', name: 'Kaffeemühle', price: 49.95, category: 'kitchen', stock_quantity: 3, status: 1 },
];

// google.rpc.Status with each of the standard details, and one that nobody knows.
const root = new protobuf.Root();
root.resolvePath = (_, target) => path.join(__dirname, '../../../proto', target);
root.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], { keepCase: true });
exports.Status = root.lookupType('google.rpc.Status');

const detail = ([name, object]) => {
  const type = root.lookupType(`google.rpc.${name}`);
  return { type_url: `type.googleapis.com/google.rpc.${name}`, value: type.encode(type.fromObject(object)).finish() };
};

exports.DETAILS = {
  code: 9,
  message: exports.MESSAGE,
  details: [
    ...[
      ['ErrorInfo', { reason: 'OUT_OF_STOCK', domain: 'shop.example.com', metadata: { sku: 'prod-123' } }],
      ['RetryInfo', { retry_delay: { seconds: 3, nanos: 500_000_000 } }],
      ['DebugInfo', { stack_entries: ['stock.rs:7', 'shop.rs:70'], detail: 'stock is -1' }],
      ['QuotaFailure', { violations: [{ subject: 'project:shop', description: '10 a day' }] }],
      ['PreconditionFailure',
        { violations: [{ type: 'STOCK', subject: 'prod-123', description: 'wait for a delivery' }] }],
      ['BadRequest', { field_violations:
        [{ field: 'product_id', description: 'sold out' }, { field: 'count', description: '0' }] }],
      ['RequestInfo', { request_id: 'request-7', serving_data: 'node 3' }],
      ['ResourceInfo',
        { resource_type: 'product', resource_name: 'prod-123', owner: 'shop', description: 'sold out' }],
      ['Help', { links: [{ description: 'Delivery dates', url: 'https://shop.example.com/dates' }] }],
      ['LocalizedMessage', { locale: 'de-AT', message: 'Heute leider ausverkauft' }],
    ].map(detail),
    { type_url: 'shop.example.com/shop.Unknown', value: Buffer.from([1, 255]) },
  ],
};

exports.metadata = (entries) => {
  const metadata = new grpc.Metadata();
  for (const [key, value] of entries) metadata.add(key, value);
  return metadata;
};

// 'stall-abc-d' is ['stall', 'abc-d'].
exports.split = (id) => {
  const at = id.indexOf('-');
  return at < 0 ? [id, ''] : [id.slice(0, at), id.slice(at + 1)];
};
