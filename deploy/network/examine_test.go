package network

import (
	"testing"

	"github.com/saphan-network/saphan/node/chassis/doctor"
)

// TestExamine makes the examination of the exchange on running servers, over the
// network: a hub and a member that reach each other find nothing wrong.
func TestExamine(t *testing.T) {
	n, err := Start(t.Context(), Options{Dir: t.TempDir(), Members: 1, Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.Close() }()
	for name, found := range map[string][]doctor.Finding{"hub": n.Server("hub").Hub.Station.Examine(t.Context(), "en"),
		"member": n.Server("chiangrai").Node.Station.Examine(t.Context(), "en")} {
		if len(found) < 5 {
			t.Errorf("%s: only %d findings", name, len(found))
		}
		for _, f := range found {
			if f.State != doctor.OK {
				t.Errorf("%s: %s is %s: %s", name, f.Name, f.State, f.What)
			}
		}
	}
}
