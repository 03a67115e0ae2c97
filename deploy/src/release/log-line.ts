export interface LogLine {
  /** What it says; of a line that is JSON, its message. */
  text: string;
  /** It says of itself that something went wrong. */
  isError: boolean;
}

/** Of pino and bunyan: 50 is error, 60 fatal. Others write the word. */
const BAD_LEVEL = /^(error|fatal|critical|alert|emergency|panic|[56]0)$/i;
const SPEAKS_OF_ERROR = /\b(error|exception|fatal|panic|traceback)\b|(Error|Exception):/i;

/** Reads one line of a container's log, plain or JSON. A frame of a stack trace is no error of its own. */
export function readLogLine(line: string): LogLine {
  const text = line.trim();
  const json = asObject(text);
  if (json === undefined) return { text, isError: SPEAKS_OF_ERROR.test(text) && !/^(at |File ")/.test(text) };
  const error = (json['err'] ?? json['error']) as { message?: unknown } | string | undefined;
  const inner = typeof error === 'string' ? error : error?.message;
  const said = [json['msg'], json['message'], inner].find(
    (each): each is string => typeof each === 'string' && each !== '',
  );
  const level = json['level'] ?? json['severity'] ?? json['levelname'];
  const isError = (typeof level === 'string' || typeof level === 'number') && BAD_LEVEL.test(String(level));
  return { text: said ?? text, isError: isError || error !== undefined };
}

function asObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
