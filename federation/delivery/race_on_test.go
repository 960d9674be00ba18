//go:build race

package delivery

// racing says that the race detector watches, which makes all of it ten times slower.
const racing = true
