// Package peer tests this software against an independent implementation of
// ActivityPub: Fedify, in the small Node program beside it (npm ci, pinned).
// Fedify verifies our signed requests and reads our documents; we verify and
// read its.
//
// The tests start the program on a free port of the loopback. They skip unless
// SAPHAN_TEST_PEER is set; with SAPHAN_TEST_PEER_REQUIRED it is a failure if
// they cannot run.
package peer
