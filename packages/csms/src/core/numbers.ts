import type { Pool } from 'pg';

/** Numbers that are never given twice: taken from a sequence in blocks, gaps allowed. */
export interface Numbers {
  take(): Promise<number>;
}

/** As the sequences' `increment by` says. */
const blockSize = 100;

export function createNumbers(pool: Pool, sequence: 'transaction_number' | 'request_number'): Numbers {
  let next = 0;
  let end = 0;
  let fetching: Promise<void> | undefined;

  async function fetchBlock(): Promise<void> {
    const { rows } = await pool.query(`select nextval('${sequence}')::integer as first`);
    next = rows[0].first;
    end = next + blockSize;
  }

  return {
    async take() {
      while (next >= end) {
        fetching ??= fetchBlock().finally(() => {
          fetching = undefined;
        });
        await fetching;
      }
      return next++;
    },
  };
}
