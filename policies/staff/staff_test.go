package staff

import (
	"context"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

func who(roles ...string) clinic.Actor { return clinic.Actor{UserID: "u1", Roles: roles, Active: true} }

func TestMay(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	mine := clinic.Object{Type: "case", ID: "c", Assigned: true, Open: true, Openness: 2, SameTeam: true}
	team, strict, sealed := mine, mine, mine
	team.Assigned = false
	strict.Assigned, strict.Openness = false, 1
	sealed.Compartment, sealed.Openness = true, 0
	within := sealed
	within.InCompartment = true
	own := clinic.Object{Type: "referral", ID: "r", Assigned: true, Open: true, Openness: 2, SameTeam: true}
	other := own
	other.DraftedByAnother = true
	gone := who("supervisor")
	gone.Active = false
	for _, c := range []struct {
		name  string
		actor clinic.Actor
		act   string
		obj   clinic.Object
		want  fault.Kind
	}{
		{"inactive", gone, "read", mine, fault.NotFound},
		{"no role", who(), "read", mine, fault.NotFound},
		{"a role that is none", who("root"), "read", mine, fault.NotFound},
		{"a role named like the star", who("*"), "read", mine, fault.NotFound},
		{"the star as an act", who("supervisor"), "*", mine, fault.Forbidden},
		{"administrator and a case", who("admin"), "read", mine, fault.NotFound},
		{"administrator who is a caseworker too", who("admin", "caseworker"), "read", mine, fault.NotFound},
		{"auditor and a case", who("auditor"), "read", mine, fault.NotFound},
		{"caseworker, the team's case", who("caseworker"), "read", team, fault.NotFound},
		{"lawyer, a restricted case", who("lawyer"), "read", strict, fault.NotFound},
		{"supervisor, a compartment", who("supervisor"), "read", sealed, fault.NotFound},
		{"supervisor, an unknown openness", who("supervisor"), "read", clinic.Object{Type: "case", ID: "c", SameTeam: true}, fault.NotFound},
		{"intern reads identities", who("intern"), "read-identity", mine, fault.Forbidden},
		{"intern writes consent", who("intern"), "consent", mine, fault.Forbidden},
		{"intern who is a caseworker too reads identities", who("intern", "caseworker"), "read-identity", mine, fault.Forbidden},
		{"caseworker assigns", who("caseworker"), "assign", mine, fault.Forbidden},
		{"caseworker imports", who("caseworker"), "import", clinic.Object{Type: "register"}, fault.Forbidden},
		{"supervisor approves the own draft", who("supervisor"), "approve", own, fault.Forbidden},
		{"secretary and a case", who("secretary"), "read", mine, fault.NotFound},
		{"caseworker and people", who("caseworker"), "manage", clinic.Object{Type: "user"}, fault.Forbidden},
		{"administrator and the ledger", who("admin"), "read", clinic.Object{Type: "ledger"}, fault.Forbidden},
		{"caseworker", who("caseworker"), "read", mine, ""},
		{"caseworker records consent", who("caseworker"), "consent", mine, ""},
		{"lawyer, the team's case", who("lawyer"), "read", team, ""},
		{"supervisor in the compartment", who("supervisor"), "read", within, ""},
		{"supervisor approves another's draft", who("supervisor"), "approve", other, ""},
		{"intern, assigned", who("intern"), "note", mine, ""},
		{"administrator and people", who("admin"), "manage", clinic.Object{Type: "user"}, ""},
		{"auditor and the ledger", who("auditor"), "read", clinic.Object{Type: "ledger"}, ""},
		{"the importer", clinic.System, "import", clinic.Object{Type: "case"}, ""},
	} {
		if got := fault.KindOf(p.May(context.Background(), c.actor, c.act, c.obj)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRefusesBrokenRules(t *testing.T) {
	for name, text := range map[string]string{
		"none":               "",
		"four fields":        "admin,case,read,true",
		"an effect misspelt": "admin,case,read,true,Deny",
		"a padded effect":    "admin,case,read,true,deny ",
		"a star that allows": "*,case,read,true,allow",
		"an unknown word":    "admin,case,read,Everything,allow",
		"twice":              "admin,user,manage,true,allow\nadmin,user,manage,true,allow",
	} {
		if _, err := compile(text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
