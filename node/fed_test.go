package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/policies"
)

const (
	wellPeer = "https://well.example/ap/org"
	sickPeer = "https://sick.example/ap/org"
)

type nothing struct{}

func (nothing) Decided(context.Context, policies.Entry) error   { return nil }
func (nothing) Cleared(context.Context, policies.Receipt) error { return nil }

// office opens the node's database behind the operator's back.
func (o *operator) office(f func(db *database.DB, mail *mailbox.Store)) {
	o.t.Helper()
	v, err := config.Node().Load(config.Inputs{Flags: map[string]string{"data_dir": o.dir}, File: filepath.Join(o.dir, "config.toml")})
	if err != nil {
		o.t.Fatal(err)
	}
	db, err := cli.OpenDatabase(o.t.Context(), v)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	f(db, mailbox.New(db, time.Now))
}

// acts counts what the server itself has done, by the ledger.
func (o *operator) acts() map[string]int {
	o.t.Helper()
	out := map[string]int{}
	o.office(func(db *database.DB, _ *mailbox.Store) {
		lines, err := audit.New(db, time.Now).List(o.t.Context(), audit.Filter{Limit: 1000})
		if err != nil {
			o.t.Fatal(err)
		}
		for _, l := range lines {
			if l.Actor == clinic.System.UserID {
				out[l.Act]++
			}
		}
	})
	return out
}

// know pins another server.
func (o *operator) know(actor, name, role string) {
	o.t.Helper()
	o.office(func(_ *database.DB, mail *mailbox.Store) {
		m := federation.Member{Actor: actor, Name: name, Inbox: strings.TrimSuffix(actor, "org") + "inbox", KeyID: actor + "#main-key",
			PublicKeyPEM: wellKey().PublicPEM(), Tier: "full", State: "active"}
		if err := mail.SavePeer(o.t.Context(), mailbox.Peer{Member: m, Role: role}); err != nil {
			o.t.Fatal(err)
		}
	})
}

var wellKey = sync.OnceValue(func() *sign.Key {
	k, err := sign.NewKey(wellPeer + "#main-key")
	if err != nil {
		panic(err)
	}
	return k
})

// wire fetches from whom it may not, and judges requests that were kept.
func (o *operator) wire() {
	o.t.Helper()
	if _, errs := o.run(cli.ExitCheck, "fed", "fetch", "https://no.example/ap/org"); !strings.Contains(errs, "delivery.error.unknown_peer") {
		o.t.Error(errs)
	}
	keep := func(change func(req *http.Request)) string {
		body := []byte(`{"type":"Read"}`)
		req, err := http.NewRequest(http.MethodPost, o.base+"/inbox", bytes.NewReader(body))
		if err != nil {
			o.t.Fatal(err)
		}
		if err := wellKey().Sign(req, body, time.Now()); err != nil {
			o.t.Fatal(err)
		}
		change(req)
		var b bytes.Buffer
		if err := req.Write(&b); err != nil {
			o.t.Fatal(err)
		}
		file := filepath.Join(o.t.TempDir(), "request")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			o.t.Fatal(err)
		}
		return file
	}
	for want, change := range map[string]func(req *http.Request){
		"digest": func(req *http.Request) {
			req.Body, req.ContentLength = io.NopCloser(strings.NewReader(`{"type":"Undo"}`)), 15
		},
		"unknown_key": func(req *http.Request) {
			req.Header.Set("Signature", strings.Replace(req.Header.Get("Signature"), "well", "none", 1))
		},
	} {
		if out, _ := o.run(cli.ExitCheck, "fed", "verify", keep(change)); !strings.Contains(out, want) {
			o.t.Errorf("%s: %s", want, out)
		}
	}
	if out, _ := o.run(cli.ExitOK, "fed", "verify", keep(func(*http.Request) {})); !strings.Contains(out, wellPeer) {
		o.t.Error(out)
	}
	o.run(cli.ExitUsage, "fed", "verify", filepath.Join(o.dir, "config.toml"))
	o.run(cli.ExitUsage, "fed", "verify", filepath.Join(o.dir, "none"))
	if _, errs := o.run(cli.ExitFailed, "join", "http://127.0.0.1:1"); errs == "" {
		o.t.Error("joined nothing")
	}
}

// write enqueues one message, as the gate lets it go, and returns its id.
func (o *operator) write(to string) (id string) {
	o.t.Helper()
	self := o.base + "/ap/org"
	gate, err := policies.New(policies.Config{Self: self, Ledger: nothing{}, Now: time.Now, Seal: []byte(strings.Repeat("s", 32)),
		Peers: func(_ context.Context, actor string) (policies.Peer, bool, error) {
			return policies.Peer{Actor: actor, Role: "candidate"}, true, nil
		}})
	if err != nil {
		o.t.Fatal(err)
	}
	if err := gate.Load(nil); err != nil {
		o.t.Fatal(err)
	}
	o.office(func(db *database.DB, mail *mailbox.Store) {
		err := db.Within(o.t.Context(), func(ctx context.Context) error {
			n, err := mail.NextSequence(ctx, to)
			if err != nil {
				return err
			}
			a := federation.Activity{ID: o.base + "/ap/act/" + opaque.ID(), Type: federation.Invite, Actor: self, To: to,
				Published: time.Now().UTC().Truncate(time.Hour), Sequence: n, Object: self}
			id = a.ID
			body, err := gofed.Encode(a)
			if err != nil {
				return err
			}
			d, err := gate.Decide(ctx, policies.Request{Peer: to, Purpose: policies.Membership, Facts: policies.Facts{"membership/message": {"Invite"}}})
			if err != nil {
				return err
			}
			c, err := gate.Clear(ctx, d, body)
			if err != nil {
				return err
			}
			return mail.Enqueue(ctx, c, mailbox.Draft{To: to, ActivityID: id, Type: string(a.Type), Sequence: n, Body: body})
		})
		if err != nil {
			o.t.Fatal(err)
		}
	})
	return id
}

// refuse has the next message to a peer refused for good.
func (o *operator) refuse(peer string) {
	o.t.Helper()
	o.office(func(_ *database.DB, mail *mailbox.Store) {
		c, err := mail.Claim(o.t.Context(), peer, time.Minute)
		if err != nil || c == nil {
			o.t.Fatalf("%v %v", c, err)
		}
		if err := mail.Failed(o.t.Context(), c, mailbox.Failure{Key: "delivery.error.forbidden", Status: 403, Hold: true}); err != nil {
			o.t.Fatal(err)
		}
	})
}

// states are what fed queue says of lines and of messages.
func (o *operator) states() map[string]string {
	o.t.Helper()
	var q struct {
		Lines    []struct{ Peer, State string }
		Messages []struct {
			ID, Peer, State, Why string
			Status               int
		}
	}
	o.read(&q, cli.ExitOK, "fed", "queue")
	out := map[string]string{}
	for _, l := range q.Lines {
		out[l.Peer] = l.State
	}
	for _, m := range q.Messages {
		out[m.ID] = m.State
		if m.State == "held" && (m.Why != "delivery.error.forbidden" || m.Status != 403 || m.Peer != sickPeer) {
			o.t.Errorf("%+v", m)
		}
	}
	return out
}

func TestFedCommands(t *testing.T) {
	o := newOperator(t)
	o.run(cli.ExitNoInit, "fed", "queue")
	o.run(cli.ExitNoInit, "peer", "list")
	o.run(cli.ExitOK, "init", "--base-url", o.base)
	if out, _ := o.run(cli.ExitOK, "fed", "queue"); !strings.Contains(out, "No other server") {
		t.Error(out)
	}
	o.run(cli.ExitNoInit, "fed", "fetch", wellPeer)
	o.serve()() // makes the server's keys
	o.know(o.base+"/ap/org", "คลินิกของเราเอง", mailbox.RoleMember)
	o.know(wellPeer, "คลินิกปกติ สาธิต", mailbox.RoleMember)
	o.know(sickPeer, "คลินิกขัดข้อง สาธิต", mailbox.RoleMember)
	for _, args := range [][]string{{"fed", "bogus"}, {"fed", "retry"}, {"fed", "pause"}, {"fed", "drop", "a", "b"}, {"fed", "queue", "x"}, {"peer", "bogus"}} {
		o.run(cli.ExitUsage, args...)
	}
	for _, args := range [][]string{{"fed", "retry", "https://no.example/ap/act/1"}, {"fed", "drop", "nonsense"}, {"fed", "pause", "https://no.example/ap/org"},
		{"fed", "resume", "nonsense"}, {"fed", "pause", o.base + "/ap/org"}} {
		if _, errs := o.run(cli.ExitFailed, args...); !strings.Contains(errs, "; see ") {
			t.Errorf("%v: %s", args, errs)
		}
	}
	o.wire()
	if got := o.states(); len(got) != 2 || got[wellPeer] != "ok" {
		t.Errorf("%v", got)
	}
	o.steer()
	var peers []struct {
		Actor, Role, Tier string
		Paused            bool
	}
	o.read(&peers, cli.ExitOK, "peer", "list")
	if len(peers) != 2 || peers[0].Role != "member" || peers[0].Tier != "full" {
		t.Errorf("%+v", peers)
	}
	o.run(cli.ExitOK, "doctor")
}

// steer holds a message, sends it again, gives it up, and pauses a line.
func (o *operator) steer() {
	o.t.Helper()
	first, second := o.write(sickPeer), o.write(wellPeer)
	o.refuse(sickPeer)
	if got := o.states(); got[first] != "held" || got[second] != "waiting" || got[sickPeer] != "held" || got[wellPeer] != "ok" {
		o.t.Fatalf("%v", got)
	}
	out, _ := o.run(cli.ExitOK, "fed", "queue")
	if !strings.Contains(out, "delivery.error.forbidden (HTTP 403)") || !strings.Contains(out, second) || strings.Contains(out, "@context") {
		o.t.Errorf("the queue in words:\n%s", out)
	}
	o.run(cli.ExitOK, "fed", "retry", first)
	if got := o.states(); got[first] != "waiting" {
		o.t.Errorf("after retry: %v", got)
	}
	o.run(cli.ExitOK, "fed", "pause", wellPeer)
	if got := o.states(); got[wellPeer] != "paused" {
		o.t.Errorf("after pause: %v", got)
	}
	if out, _ := o.run(cli.ExitOK, "peer", "list"); strings.Count(out, "paused") != 1 {
		o.t.Errorf("peer list:\n%s", out)
	}
	o.office(func(_ *database.DB, mail *mailbox.Store) {
		if c, err := mail.Claim(o.t.Context(), wellPeer, time.Minute); c != nil || err != nil {
			o.t.Errorf("a paused line is sent to: %v %v", c, err)
		}
	})
	o.run(cli.ExitOK, "fed", "resume", wellPeer)
	if got := o.states(); got[wellPeer] != "ok" {
		o.t.Errorf("after resume: %v", got)
	}
	o.run(cli.ExitOK, "fed", "drop", first)
	o.run(cli.ExitConflict, "fed", "drop", first)
	if _, errs := o.run(cli.ExitConflict, "fed", "retry", first); !strings.Contains(errs, "given up") {
		o.t.Error(errs)
	}
	if got := o.states(); got[first] != "" || got[sickPeer] != "ok" {
		o.t.Errorf("after drop: %v", got)
	}
	got := o.acts()
	for _, act := range []string{"delivery.retry", "delivery.drop", "delivery.pause", "delivery.resume"} {
		if got[act] != 1 {
			o.t.Errorf("the ledger has %d of %s", got[act], act)
		}
	}
}

// TestFedBefore: a program that takes no part in the network has no such
// commands, and its database must be brought up to date first.
func TestFedBefore(t *testing.T) {
	o := newOperator(t)
	o.old = true
	o.run(cli.ExitOK, "init", "--base-url", o.base)
	o.run(cli.ExitUsage, "fed", "queue")
	o.run(cli.ExitUsage, "peer", "list")
	o.old = false
	for _, args := range [][]string{{"fed", "queue"}, {"fed", "drop", "x"}, {"peer", "list"}, {"import", labour, "--as", "mali"}} {
		if _, errs := o.run(cli.ExitCheck, args...); !strings.Contains(errs, "migrate up") {
			t.Errorf("%v, with tables that are not there: %s", args, errs)
		}
	}
	o.run(cli.ExitOK, "migrate", "up")
	o.run(cli.ExitOK, "fed", "queue")
}
