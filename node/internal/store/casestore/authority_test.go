package casestore_test

import (
	"context"
	"slices"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

func authority(testing.TB) clinic.Authority { return rules{} }

// rules stands in for the staff policy: it denies by the attributes.
type rules struct{}

func (rules) May(_ context.Context, a clinic.Actor, act string, o clinic.Object) error {
	knows := a.Active && !a.Has("admin") && (!o.Compartment && o.Openness >= 1 || o.Compartment && o.InCompartment)
	worker := slices.ContainsFunc([]string{"caseworker", "lawyer", "supervisor", "intern", "volunteer"}, a.Has)
	reads := knows && worker && (o.Assigned && (!a.Has("intern") || o.Openness >= 2) ||
		o.SameTeam && (a.Has("lawyer") || a.Has("supervisor")) && (o.Openness >= 2 || o.InCompartment))
	ok := false
	switch act {
	case "create", "list":
		ok = a.Active && worker
	case "import":
		ok = a.Active && (a.Has("supervisor") || a.Has("system"))
	case "read":
		ok = reads
	case "read-identity":
		ok = reads && !a.Has("intern") && !a.Has("volunteer")
	case "update", "consent":
		ok = reads && o.Open && !a.Has("intern") && !a.Has("volunteer")
	case "note":
		ok = reads
	case "assign":
		ok = reads && a.Has("supervisor")
	case "close":
		ok = reads && o.Open && (a.Has("lawyer") || a.Has("supervisor"))
	}
	switch {
	case ok:
		return nil
	case reads:
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return fault.Missing()
}
