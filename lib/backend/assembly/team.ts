import { allocate, free } from "./memory";

/*
 * Threads over one shared memory. The main thread publishes a job: a function and a number of chunks. It and the
 * workers then claim chunks from one counter until none is left, and the main thread waits for those that others have
 * claimed. A worker that is asleep, slow to be scheduled or dead claims nothing and so holds nobody up.
 *
 * Every field has a cache line of its own below the module's data (see `memoryBase` in build.ts).
 */
const NEXT: usize = 1024; // chunks not yet claimed; zero or less between jobs
const FINISHED: usize = 1088; // chunks done
const CHUNKS: usize = 1152; // chunks of the current job
const TICKET: usize = 1216; // counts jobs; sleeping workers wait for it to change
const SLEEPERS: usize = 1280; // workers asleep
const WAITING: usize = 1344; // 1 while the main thread sleeps until FINISHED changes
const FAILED: usize = 1408; // see `failure`
const JOB: usize = 1472; // the function, the number of items, the chunk size
const PATIENCE: usize = 1536; // milliseconds that the main thread waits for one chunk before it gives up
const READY: usize = 1600; // workers that have started
const SCRATCH: usize = 1664; // where the threads' private memory begins, and how many bytes each has
const BUSY: usize = 3072; // for each worker, 4 bytes: 1 while it may be inside a chunk

/** Arguments of the current job, written by the main thread before it publishes. */
export const ARGUMENTS: usize = 2048;

/** A piece of work: items `begin` to `end`, exclusive. Its arguments stand at `ARGUMENTS`. */
export type Task = (begin: i32, end: i32) => void;

/** Threads that share the work, the main one included, and all there are. */
let threads: i32 = 1;
let members: i32 = 1;

/** 0 on the main thread; workers count from 1. */
export let thread: i32 = 0;

const CHUNKS_PER_THREAD: i32 = 4;
const SPINS_BEFORE_SLEEP: i32 = 20000;
const SPINS_BEFORE_WAIT: i32 = 20000;

/** Bytes of memory that each thread has for itself at least: packed blocks, sums of columns. */
export const SCRATCH_BYTES: usize = 1 << 20;

/** This thread's private memory. */
@inline
export function scratch(): usize {
  return load<usize>(SCRATCH) + <usize>thread * load<usize>(SCRATCH, 4);
}

/** Gives every thread at least so many bytes; between jobs only. */
export function reserve(bytes: usize): void {
  if (bytes <= load<usize>(SCRATCH, 4)) return;
  if (load<usize>(SCRATCH)) free(load<usize>(SCRATCH));
  store<usize>(SCRATCH, allocate(<usize>members * bytes));
  store<usize>(SCRATCH, bytes, 4);
}

/** Called once, by the main thread, before the workers start. */
export function prepare(count: i32, patience: i32): void {
  members = count;
  store<i32>(PATIENCE, patience);
  reserve(SCRATCH_BYTES);
}

/** How many workers have started. */
export function countReady(): i32 {
  return atomic.load<i32>(READY);
}

/** 0 while all is well, 1 after a worker trapped in a chunk, 2 after one did not finish its chunk in time. */
export function failure(): i32 {
  return atomic.load<i32>(FAILED);
}

/** Called by a worker that trapped: the main thread may be waiting for its chunk. */
export function fail(): void {
  atomic.store<i32>(FAILED, 1);
  atomic.notify(FINISHED);
}

/** How many threads take part from now on. */
export function setThreads(count: i32): void {
  threads = count;
}

export function countThreads(): i32 {
  return threads;
}

/** Runs `task` over `items`, in chunks of at least `grain` items; several threads only when there is enough for two. */
export function parallel(task: Task, items: i32, grain: i32): void {
  if (threads == 1 || items <= grain) {
    if (items > 0) task(0, items);
    return;
  }
  let size = max(grain, (items + threads * CHUNKS_PER_THREAD - 1) / (threads * CHUNKS_PER_THREAD));
  let chunks = (items + size - 1) / size;
  if (chunks < 2) {
    task(0, items);
    return;
  }
  settle();
  store<i32>(CHUNKS, chunks);
  store<usize>(JOB, changetype<usize>(task));
  store<i32>(JOB, items, 4);
  store<i32>(JOB, size, 8);
  atomic.store<i32>(FINISHED, 0);
  atomic.store<i32>(NEXT, chunks);
  atomic.add<i32>(TICKET, 1);
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(TICKET);
  claim();
  waitFor(chunks);
}

/** Claims chunks until none is left. */
function claim(): void {
  while (atomic.load<i32>(NEXT) > 0) {
    let chunk = atomic.sub<i32>(NEXT, 1) - 1;
    if (chunk < 0) return;
    let items = load<i32>(JOB, 4);
    let size = load<i32>(JOB, 8);
    let begin = chunk * size;
    changetype<Task>(load<usize>(JOB))(begin, min(begin + size, items));
    atomic.add<i32>(FINISHED, 1);
    if (atomic.load<i32>(WAITING)) atomic.notify(FINISHED);
  }
}

/**
 * Nobody may be inside a chunk when the next job is written. After a job that ended well this takes no time; one that was
 * interrupted may have left chunks, which are voided, and workers inside, which are waited for.
 */
function settle(): void {
  if (atomic.load<i32>(FAILED)) unreachable();
  atomic.store<i32>(NEXT, 0);
  for (let worker = 1; worker < threads; worker++) {
    const busy = BUSY + (<usize>worker << 2);
    let spins = 0;
    let waits = load<i32>(PATIENCE);
    while (atomic.load<i32>(busy)) {
      if (++spins < SPINS_BEFORE_WAIT) continue;
      if (atomic.wait<i32>(busy, 1, 1000000) == AtomicWaitResult.TIMED_OUT && --waits <= 0) {
        // A worker that ended between two chunks harms nobody; inside one it may still write.
        if (atomic.load<i32>(FINISHED) != load<i32>(CHUNKS)) {
          atomic.store<i32>(FAILED, 2);
          unreachable();
        }
        atomic.store<i32>(busy, 0);
      }
    }
  }
}

function waitFor(chunks: i32): void {
  let spins = 0;
  while (true) {
    let done = atomic.load<i32>(FINISHED);
    if (done == chunks) return;
    if (atomic.load<i32>(FAILED)) unreachable();
    if (++spins < SPINS_BEFORE_WAIT) continue;
    // Short waits, counted: a laptop that slept for an hour is not a thread that died.
    let waits = load<i32>(PATIENCE) / 10;
    atomic.store<i32>(WAITING, 1);
    while (atomic.load<i32>(FINISHED) == done && !atomic.load<i32>(FAILED)) {
      if (atomic.wait<i32>(FINISHED, done, 10000000) == AtomicWaitResult.TIMED_OUT && --waits <= 0) {
        atomic.store<i32>(FAILED, 2);
      }
    }
    atomic.store<i32>(WAITING, 0);
  }
}

/** A worker's life: spin for a while after each job, because the next one usually follows at once; then sleep. */
export function work(index: i32): void {
  thread = index;
  const busy = BUSY + (<usize>index << 2);
  atomic.add<i32>(READY, 1);
  let spins = 0;
  while (true) {
    let ticket = atomic.load<i32>(TICKET);
    if (atomic.load<i32>(NEXT) > 0) {
      atomic.store<i32>(busy, 1);
      claim();
      atomic.store<i32>(busy, 0);
      spins = 0;
    } else if (++spins > SPINS_BEFORE_SLEEP) {
      atomic.add<i32>(SLEEPERS, 1);
      if (atomic.load<i32>(NEXT) <= 0) atomic.wait<i32>(TICKET, ticket, -1);
      atomic.sub<i32>(SLEEPERS, 1);
      spins = 0;
    }
  }
}

/** For tests: a job in which a worker traps (1) or never comes back (2), while the main thread waits for it. */
export function misbehave(how: i32): void {
  store<i32>(ARGUMENTS, how);
  parallel(trouble, 2, 1);
}

function trouble(_begin: i32, _end: i32): void {
  if (thread == 0) while (atomic.load<i32>(NEXT) > 0) continue; // the other chunk is the worker's
  else if (load<i32>(ARGUMENTS) == 1) unreachable();
  else while (atomic.load<i32>(READY) > 0) continue;
}
