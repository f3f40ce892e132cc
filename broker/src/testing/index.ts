/** Helpers for tests of this package, the only importers: a peer that speaks raw bytes, and an edge on a real port. */
export { type EdgeFixture, openEdge } from './open-edge.js';
export { type Frame, frame, RawPeer, text } from './raw-peer.js';
