import type { Event } from '../../events';
import type { Reporter, ReporterOptions } from '../reporter';
import { coloured, plain } from '../style';
import { textReporter } from '../text';
import { blockLines } from './block';
import { Board } from './board';
import { Screen, standardError, type Terminal } from './screen';

/** What the block shows already. */
const IN_BLOCK: readonly Event['type'][] = ['progress', 'tasks', 'heartbeat', 'task-stopped'];

const TICK_MILLISECONDS = 1_000;

/** For a person at a terminal: the plain lines scroll as ever, and below them stand those that change in place. */
export function liveReporter(options: ReporterOptions, terminal: Terminal = standardError): Reporter {
  const style = options.env.NO_COLOR ? plain : coloured;
  const board = new Board(Date.now);
  const size = () => ({ columns: terminal.columns(), rows: terminal.rows() });
  const screen = new Screen(options.stderr, terminal, () =>
    blockLines(board.sections, size(), Date.now(), style),
  );
  const text = textReporter({
    ...options,
    stderr: (each) => screen.above(each),
    stdout: (each) => screen.aside(() => options.stdout(each)),
  });
  let tick: NodeJS.Timeout | undefined;
  const close = () => {
    clearInterval(tick);
    tick = undefined;
    screen.close();
  };

  return {
    sink: (event) => {
      if (event.type === 'result') close();
      // Before the watch begins and once it has ended there is no block that would show it.
      const inBlock = board.sections.some(({ service }) => service === event.service);
      board.take(event);
      if (!inBlock || !IN_BLOCK.includes(event.type)) text.sink(event);
      if (event.type === 'result') return;
      if (board.sections.length === 0) return close();
      screen.open();
      screen.draw();
      tick ??= setInterval(() => screen.draw(), TICK_MILLISECONDS).unref();
    },
    error: (error) => {
      close();
      text.error(error);
    },
    close,
  };
}
