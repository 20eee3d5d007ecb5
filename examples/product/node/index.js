// client/index.js
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const path = require('path');

// Load protobuf definition
const PROTO_PATH = path.join(__dirname, '../proto/product_service.proto');
const packageDefinition = protoLoader.loadSync(PROTO_PATH, {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});
const ecommerce = grpc.loadPackageDefinition(packageDefinition).ecommerce;

// Create client
const client = new ecommerce.ProductService(
  'localhost:50051',
  grpc.credentials.createInsecure()
);

// Unary call example
async function getProduct(productId) {
  return new Promise((resolve, reject) => {
    client.GetProduct({ product_id: productId }, (error, product) => {
      if (error) {
        reject(error);
      } else {
        resolve(product);
      }
    });
  });
}

// Server streaming example
async function listProducts(category) {
  const products = [];
  return new Promise((resolve, reject) => {
    const call = client.ListProducts({ category, page_size: 10 });
    call.on('data', (product) => {
      console.log('Received product:', product.name);
      products.push(product);
    });
    call.on('end', () => {
      resolve(products);
    });
    call.on('error', (error) => {
      reject(error);
    });
  });
}

// Client streaming example
async function uploadProducts(products) {
  return new Promise((resolve, reject) => {
    const call = client.UploadProducts((error, response) => {
      if (error) {
        reject(error);
      } else {
        resolve(response);
      }
    });
    // Send each product
    for (const product of products) {
      call.write(product);
    }
    // Signal we're done sending
    call.end();
  });
}

// Bidirectional streaming example
async function productUpdates(updates) {
  const results = [];
  return new Promise((resolve, reject) => {
    const call = client.ProductUpdates();
    call.on('data', (product) => {
      console.log('Updated product:', product);
      results.push(product);
    });
    call.on('end', () => {
      resolve(results);
    });
    call.on('error', reject);
    // Send updates
    for (const update of updates) {
      call.write(update);
    }
    call.end();
  });
}

// Usage
(async () => {
  try {
    // Get a single product
    const product = await getProduct('prod-123');
    console.log('Product:', product);
    // Stream all electronics
    const electronics = await listProducts('electronics');
    console.log(`Found ${electronics.length} electronics`);
    // Upload multiple products
    const uploadResult = await uploadProducts([
      { id: 'prod-1', name: 'Widget', price: 9.99, category: 'gadgets' },
      { id: 'prod-2', name: 'Gizmo', price: 19.99, category: 'gadgets' },
    ]);
    console.log('Upload result:', uploadResult);
  } catch (error) {
    console.error('Error:', error.message);
  }
})();
