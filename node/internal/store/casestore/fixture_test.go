package casestore_test

import (
	"context"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/vault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/internal/store/casestore"
)

// noon is the tests' present: 25 November 2026, noon in Bangkok.
var noon = time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)

// people are the users of the test's organisation.
type people map[string]clinic.Actor

func (p people) Colleague(_ context.Context, id string) (clinic.Actor, error) {
	if a, ok := p[id]; ok && a.Active {
		return a, nil
	}
	return clinic.Actor{}, fault.Missing()
}

func user(id string, roles ...string) clinic.Actor {
	return clinic.Actor{UserID: id, Roles: roles, Active: true}
}

var staff = people{
	"nok":  user("nok", "caseworker"),
	"dao":  user("dao", "caseworker"),
	"tan":  user("tan", "lawyer"),
	"ying": user("ying", "supervisor"),
	"mek":  user("mek", "intern"),
	"fah":  user("fah", "volunteer"),
	"chai": user("chai", "admin"),
	"or":   user("or", "auditor"),
	"net":  user("net", "network"),
	"gone": {UserID: "gone", Roles: []string{"caseworker", "supervisor"}},
	"none": user("none"),
}

type office struct {
	*casework.Service
	db    *database.DB
	store *casestore.Store
	log   *audit.Log
	now   time.Time
}

func newOffice(t testing.TB, db *database.DB) *office {
	t.Helper()
	o := &office{db: db, now: noon}
	v, err := vault.New(db, []byte("0123456789abcdef0123456789abcdef"), func() time.Time { return o.now })
	if err != nil {
		t.Fatal(err)
	}
	o.store = casestore.New(db, v)
	o.log = audit.New(db, func() time.Time { return o.now })
	o.Service = casework.New(casework.Config{Cases: o.store, Journal: o.store, Book: o.store, Drafts: o.store, Staff: staff, Authority: authority(t),
		Recorder: o.log, Tx: db, Clock: func() time.Time { return o.now }})
	return o
}

func each(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	dbtest.Each(t, []database.Set{audit.Migrations(), vault.Migrations(), casestore.Migrations()}, func(t *testing.T, db *database.DB) { f(t, newOffice(t, db)) })
}

func ctxOf(t testing.TB) context.Context { return t.Context() }

// family is the case of a girl and her mother without papers.
func family() casework.Intake {
	return casework.Intake{Key: opaque.ID(), OpenedOn: "2026-11-20", ProvinceCode: "57", AmphoeName: "แม่ฟ้าหลวง",
		Issues: []string{"status_unregistered_child", "access_education"}, Problem: "นาแฮถูกโรงเรียนปฏิเสธเพราะไม่มีสูติบัตร",
		Interpreter: "yes", GuardianPresent: "yes", LocalNumber: "ชร 14/2569", Channel: "walk_in",
		Persons: []casework.Person{
			{Title: "ด.ญ.", Given: "นาแฮ", Family: "ลาหู่นะ", OtherNames: []string{"Na Hae"}, Birth: "2015-04-23", Sex: "female", Status: "none",
				Village: "บ้านห้วยหินลาด", Phone: "080-000-1122"},
			{Title: "นาง", Given: "นาซือ", Family: "ลาหู่นะ", IDNumber: "0-0000-89000-00-5", Birth: "1990", Sex: "female", Status: "0-89"},
		}}
}

func mustCreate(t testing.TB, o *office, who string, in casework.Intake) casework.Case {
	t.Helper()
	c, err := o.Create(ctxOf(t), staff[who], in)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantKind(t testing.TB, what string, err error, k fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != k {
		t.Errorf("%s: got %v (%q), want kind %q", what, err, fault.KindOf(err), k)
	}
}
