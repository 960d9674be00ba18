package registerstore_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/node/internal/exchange/sheet"
	"github.com/saphan-network/saphan/node/internal/store/casestore"
	"github.com/saphan-network/saphan/node/internal/store/registerstore"
)

var noon = time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)

// memoryVault seals with AES-GCM under one key a scope.
type memoryVault struct{ key []byte }

func (v memoryVault) aead(scope string) cipher.AEAD {
	m := hmac.New(sha256.New, v.key)
	m.Write([]byte(scope))
	b, err := aes.NewCipher(m.Sum(nil))
	if err != nil {
		panic(err)
	}
	a, err := cipher.NewGCM(b)
	if err != nil {
		panic(err)
	}
	return a
}

func (v memoryVault) Seal(_ context.Context, scope string, plain []byte) ([]byte, error) {
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	return v.aead(scope).Seal(nonce, nonce, plain, nil), nil
}

func (v memoryVault) Open(_ context.Context, scope string, sealed []byte) ([]byte, error) {
	if len(sealed) < 12 {
		return nil, errors.New("too short")
	}
	return v.aead(scope).Open(nil, sealed[:12], sealed[12:], nil)
}

func (memoryVault) Forget(context.Context, string) error { return nil }

func (v memoryVault) Blind(term string) int64 {
	m := hmac.New(sha256.New, v.key)
	m.Write([]byte(term))
	return int64(binary.BigEndian.Uint64(m.Sum(nil)))
}

// rules stands in for the staff policy: a supervisor takes registers in and decides.
type rules struct{}

func (rules) May(_ context.Context, a clinic.Actor, act string, o clinic.Object) error {
	if a.Active && a.Has("supervisor") {
		return nil
	}
	return fault.Missing()
}

type nobody struct{}

func (nobody) Colleague(context.Context, string) (clinic.Actor, error) {
	return clinic.Actor{}, fault.Missing()
}

var (
	ying = clinic.Actor{UserID: "ying", Roles: []string{"supervisor"}, Active: true}
	nok  = clinic.Actor{UserID: "nok", Roles: []string{"caseworker"}, Active: true}
)

// office is a node's part that takes registers in, on a real database.
type office struct {
	*register.Service
	cases *casework.Service
	db    *database.DB
	log   *audit.Log
	jobs  []string
	// before is called before each case file is made.
	before func() error
	change func(*register.Book)
}

func (o *office) Enqueue(_ context.Context, kind, _ string, payload []byte, _ time.Time) error {
	if kind != register.JobKind {
		return errors.New("unknown kind of job " + kind)
	}
	o.jobs = append(o.jobs, string(payload))
	return nil
}

func (o *office) FromRegister(ctx context.Context, a clinic.Actor, in casework.Intake) (string, bool, error) {
	if o.before != nil {
		if err := o.before(); err != nil {
			return "", false, err
		}
	}
	return o.cases.FromRegister(ctx, a, in)
}

func (o *office) Join(ctx context.Context, a clinic.Actor, id string, p []casework.Person) error {
	return o.cases.Join(ctx, a, id, p)
}

func (o *office) decode(r io.Reader) (register.Book, []byte, error) {
	b, raw, err := sheet.Decode(r)
	if err == nil && o.change != nil {
		o.change(&b)
		raw = append(raw, "saved again"...)
	}
	return b, raw, err
}

func newOffice(t testing.TB, db *database.DB) *office {
	t.Helper()
	v := memoryVault{key: []byte("a key of the tests")}
	clock := func() time.Time { return noon }
	o := &office{db: db, log: audit.New(db, clock)}
	files := casestore.New(db, v)
	o.cases = casework.New(casework.Config{Cases: files, Journal: files, Book: files, Drafts: files, Staff: nobody{}, Authority: rules{},
		Recorder: o.log, Tx: db, Clock: clock})
	o.Service = register.New(register.Config{Store: registerstore.New(db, v), Cases: o, Jobs: o, Authority: rules{}, Recorder: o.log,
		Tx: db, Lock: db.Exclusive, Blind: v.Blind, Clock: clock, Decode: o.decode})
	return o
}

func sets() []database.Set {
	return []database.Set{audit.Migrations(), casestore.Migrations(), registerstore.Migrations()}
}

func each(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	dbtest.Each(t, sets(), func(t *testing.T, db *database.DB) { f(t, newOffice(t, db)) })
}

func upload(t testing.TB, o *office, name string) register.File {
	t.Helper()
	raw, err := os.ReadFile("../../../clinic/register/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := o.Upload(t.Context(), ying, `C:\งาน\`+name, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// run starts an import and does the work that was enqueued.
func run(t testing.TB, o *office, id string) {
	t.Helper()
	if err := o.Start(t.Context(), ying, id); err != nil {
		t.Fatal(err)
	}
	for len(o.jobs) > 0 {
		next := o.jobs[0]
		o.jobs = o.jobs[1:]
		if err := o.Run(t.Context(), next); err != nil {
			t.Fatal(err)
		}
	}
}

func count(t testing.TB, o *office, table string) (n int) {
	t.Helper()
	if err := o.db.Reader(t.Context()).Raw("SELECT COUNT(*) FROM " + table).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func show(t testing.TB, o *office, id string) (register.File, []register.Item) {
	t.Helper()
	f, items, _, err := o.Show(t.Context(), ying, id, register.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return f, items
}
