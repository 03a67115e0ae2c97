import { readSettings, SettingsError } from '../src/settings';

test('an empty environment gives a service on loopback that stops within the time a task has', () => {
  expect(readSettings({})).toEqual({
    host: '127.0.0.1',
    port: 3000,
    logLevel: 'info',
    gitSha: 'unknown',
    release: 'development',
    stopDelaySeconds: 2,
    stopTimeoutSeconds: 20,
  });
});

test('an empty variable counts as unset', () => {
  expect(readSettings({ PORT: '', HOST: ' ', LOG_LEVEL: '', RELEASE: '' })).toEqual(readSettings({}));
});

test.each(['abc', '-1', '80.5', '65536', '0x50', '1e3', '3000 4000'])(
  'PORT %p is refused by its value',
  (value) => {
    expect(() => readSettings({ PORT: value })).toThrow(
      new SettingsError(`PORT is "${value}": it must be a whole number from 0 to 65535`),
    );
  },
);

test('all problems are named at once', () => {
  expect(() => readSettings({ PORT: 'abc', LOG_LEVEL: 'loud', STOP_DELAY_SECONDS: '2s' })).toThrow(
    'PORT is "abc": it must be a whole number from 0 to 65535; ' +
      'STOP_DELAY_SECONDS is "2s": it must be a whole number from 0 to 3600; ' +
      'LOG_LEVEL is "loud": it must be one of fatal, error, warn, info, debug, trace, silent',
  );
});

test('a delay that leaves no time to finish is refused', () => {
  expect(() => readSettings({ STOP_DELAY_SECONDS: '20' })).toThrow(
    'must be less than STOP_TIMEOUT_SECONDS (20)',
  );
});
