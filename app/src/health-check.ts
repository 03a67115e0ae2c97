import { get } from 'node:http';

// The container health check: a slim image has no curl. Ends with 0 if this container's own /live answers 200.
const everywhere = ['0.0.0.0', '::'];
const host = process.env.HOST || '127.0.0.1';

const request = get({
  host: everywhere.includes(host) ? '127.0.0.1' : host,
  port: process.env.PORT || 3000,
  path: '/live',
  timeout: 4000,
});
request.on('response', (response) => process.exit(response.statusCode === 200 ? 0 : 1));
request.on('timeout', () => request.destroy());
request.on('error', () => process.exit(1));
