// What the server and the client share: the service, and what both ends of a drill agree on
// (../README.md tells the rest).
'use strict';

const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

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
