package network_test

import (
	"fmt"
	"net"
	"testing"
)

// freePorts returns the first of n ports in a row that nobody uses now.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for first := 21000; first < 60000; first += n {
		if allFree(first, n) {
			return first
		}
	}
	t.Fatal("no free ports")
	return 0
}

func allFree(first, n int) bool {
	for i := range n {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+i))
		if err != nil {
			return false
		}
		_ = l.Close()
	}
	return true
}
