package casestore_test

import (
	"testing"

	"github.com/saphan-network/saphan/node/clinic"
	rules "github.com/saphan-network/saphan/policies/staff"
)

// authority is the staff policy of the product.
func authority(t testing.TB) clinic.Authority {
	t.Helper()
	p, err := rules.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
