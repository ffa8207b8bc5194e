import type { OperationView } from './core/operation/view.ts';
import type { StationTwin } from './core/twin.ts';

/** A command that was sent and never answered, with what is known of its station now. */
export interface LostCommand<Input = object> {
  /** As it was kept: without secrets. */
  readonly input: Input;
  readonly station: StationTwin;
  /** Our clock. */
  readonly sentAt: Date;
  /** The transaction that it led to. */
  readonly transactionId: string | undefined;
  readonly lastBoot: Boot | undefined;
}

interface Boot {
  readonly at: Date;
  /** In the word of 2.x; 1.6 gives none. */
  readonly reason: string | undefined;
}

/** What can be said of a lost command: it took effect or did not, that may still show, or will never be known. */
export type Verdict =
  | { readonly is: 'done' }
  | { readonly is: 'not-done'; readonly seen: string }
  | { readonly is: 'not-yet' }
  | { readonly is: 'unknowable'; readonly why: string };

/** A command that only asks, to be given to the station for the sake of another. */
export interface Question {
  readonly command: string;
  readonly input: object;
}

/** How it is found out what became of a command whose answer never came. It is never sent a second time for that. */
export type WhenLost<Input = object> =
  /** It only asks: whoever wanted to know asks again. */
  | { readonly kind: 'changes-nothing' }
  /** Nothing but the answer tells. */
  | { readonly kind: 'cannot-be-known' }
  /** What the station says by itself tells, if it does so within this time of being there and accepted. */
  | {
      readonly kind: 'shows-in-facts';
      readonly withinSeconds: number;
      /** What it means when nothing has shown in that time. */
      readonly otherwise: 'NotDone' | 'NotConfirmed';
      look(lost: LostCommand<Input>): Verdict;
    }
  /** The station is asked, and asked again while the answer is `not-yet`. `question` is undefined where none helps. */
  | {
      readonly kind: 'ask';
      question(lost: LostCommand<Input>): Question | undefined;
      judge(lost: LostCommand<Input>, answer: OperationView): Verdict;
    };
