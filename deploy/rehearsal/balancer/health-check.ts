import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../clock';
import type { HealthCheckSettings } from './balancer-types';

export type CheckResult = { kind: 'code'; code: number } | { kind: 'timeout' } | { kind: 'error' };

/** One check, over a connection of its own, as ALB does. Never rejects. `cancel` ends it at once. */
export function checkOnce(
  settings: { protocol: 'HTTP' | 'HTTPS'; host: string; port: number; path: string; timeout: number },
  clock: Pick<Clock, 'afterReal'>,
  done: (result: CheckResult) => void,
): () => void {
  let over = false;
  const finish = (result: CheckResult): void => {
    if (over) return;
    over = true;
    stopTimer();
    request.destroy();
    done(result);
  };
  const request = (settings.protocol === 'HTTPS' ? https : http).request({
    host: settings.host,
    port: settings.port,
    path: settings.path,
    agent: false,
    // ALB does not look at a target's certificate.
    rejectUnauthorized: false,
    headers: {
      Host: `${settings.host}:${settings.port}`,
      Connection: 'close',
      'User-Agent': 'ELB-HealthChecker/2.0',
      'Accept-Encoding': 'gzip, compressed',
    },
  });
  const stopTimer = clock.afterReal(settings.timeout * 1000, () => finish({ kind: 'timeout' }));
  request.on('response', (response) => {
    response.on('error', () => undefined);
    finish({ kind: 'code', code: response.statusCode ?? 0 });
  });
  request.on('error', () => finish({ kind: 'error' }));
  request.end();
  return () => {
    over = true;
    stopTimer();
    request.destroy();
  };
}

/** Whether a status code counts as healthy: `200`, `200,202`, `200-299`. */
export function codeMatches(matcher: string, code: number): boolean {
  return matcher.split(',').some((part) => {
    const [low, high = low] = part.split('-').map((text) => Number(text.trim()));
    return low !== undefined && high !== undefined && code >= low && code <= high;
  });
}

export interface HealthState {
  state: 'initial' | 'healthy' | 'unhealthy';
  reason: string | undefined;
  description: string | undefined;
}

const registering: HealthState = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
};

/** What the results of checks make of a target. A new target is healthy after one success, whatever the threshold. */
export class HealthRecord {
  current: HealthState = registering;
  private successes = 0;
  private failures = 0;
  private codes: number[] = [];

  /** Back to where a new target begins. */
  reset(): void {
    this.current = registering;
    this.successes = 0;
    this.failures = 0;
    this.codes = [];
  }

  /** Counts one check. @returns whether it was passed. */
  add(result: CheckResult, settings: HealthCheckSettings): boolean {
    if (result.kind === 'code' && codeMatches(settings.matcher, result.code)) {
      this.failures = 0;
      this.codes = [];
      this.successes += 1;
      const enough = this.current.state === 'initial' || this.successes >= settings.healthyThreshold;
      if (enough) this.current = { state: 'healthy', reason: undefined, description: undefined };
      return true;
    }
    this.successes = 0;
    this.failures += 1;
    if (result.kind === 'code' && !this.codes.includes(result.code)) this.codes.push(result.code);
    if (this.current.state === 'unhealthy' || this.failures >= settings.unhealthyThreshold) {
      this.current = { state: 'unhealthy', ...this.explain(result) };
    } else if (this.current.state === 'initial') {
      this.current = {
        state: 'initial',
        reason: 'Elb.InitialHealthChecking',
        description: 'Initial health checks in progress',
      };
    }
    return false;
  }

  private explain(result: CheckResult): { reason: string; description: string } {
    switch (result.kind) {
      case 'timeout':
        return { reason: 'Target.Timeout', description: 'Request timed out' };
      case 'error':
        return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
      case 'code':
        return {
          reason: 'Target.ResponseCodeMismatch',
          description: `Health checks failed with these codes: [${this.codes.join(', ')}]`,
        };
    }
  }
}
