import type { Context } from '../context';

/** For commands that only read: their data alone, so that a pipe gets one document; warnings still come through. */
export function quietly(context: Context): Context {
  return {
    ...context,
    sink: (event) => {
      if (event.type === 'result' || (event.type === 'note' && event.level === 'warning'))
        context.sink(event);
    },
  };
}
