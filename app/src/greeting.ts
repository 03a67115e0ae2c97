/** What `/` says. A release that changes nothing else changes this line. */
export const greeting = 'Hello from Slipway';
