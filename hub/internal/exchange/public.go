package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/hub/internal/store/publicstore"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/policies"
)

// Gate decides and clears; *policies.Gate is one.
type Gate interface {
	Decide(ctx context.Context, q policies.Request) (policies.Decision, error)
	Clear(ctx context.Context, d policies.Decision, body []byte) (policies.Clearance, error)
}

// Voice speaks for the hub's public actor. It implements publication.Wire and
// publicface.Followers.
type Voice struct {
	Base  string // of the hub
	Gate  Gate
	Mail  *mailbox.Store
	Shelf *publicstore.Store
	Tx    interface {
		Within(ctx context.Context, f func(ctx context.Context) error) error
	}
	Now  func() time.Time
	Most int                             // followers at most
	Send func(ctx context.Context) error // has what was published sent soon, when the transaction commits
}

func (v *Voice) self() string      { return v.Base + policies.PublicPath }
func (v *Voice) followers() string { return v.Base + policies.FollowersPath }

// Address is the IRI of a document, and of its page.
func (v *Voice) Address(id string) string { return v.Base + "/public/" + id }

func words(w publication.Words) federation.Words { return federation.Words{TH: w.TH, EN: w.EN} }

func factsOf(t publication.Text) policies.Facts {
	return policies.PublicFacts(words(t.Name), words(t.Summary), words(t.Body), words(t.Place), t.Start, t.End, t.Link)
}

// Look implements publication.Wire: what each transform makes of what was written.
func (v *Voice) Look(d publication.Document) []publication.Crossing {
	facts := factsOf(d.Draft)
	var out []publication.Crossing
	for _, f := range policies.Fields() {
		raw := facts[f.Path]
		if len(raw) == 0 {
			continue
		}
		c := publication.Crossing{Path: f.Path, Holds: raw, Rule: "policy.rule.public_reviewed", Transform: policies.TransformKey(f.Ladder[0]), Why: "policy.why.not_a_code"}
		if made := policies.Examples(f.Path, raw, v.Now()); len(made) > 0 && len(made[0].Leaves) > 0 {
			c.Leaves, c.Why = made[0].Leaves, ""
		}
		out = append(out, c)
	}
	return out
}

// Build implements publication.Wire. The document is made from what the transforms
// release and from nothing else; whether it may leave is decided when it does.
func (v *Voice) Build(d publication.Document, at time.Time) (publication.Pending, error) {
	leaves := map[string]string{}
	for _, c := range v.Look(d) {
		if len(c.Leaves) != 1 {
			return publication.Pending{}, fault.New(fault.Invalid, "error.public.unfit")
		}
		leaves[strings.TrimPrefix(c.Path, "public/")] = c.Leaves[0]
	}
	both := func(name string) federation.Words {
		return federation.Words{TH: leaves[name+"_th"], EN: leaves[name+"_en"]}
	}
	hour := at.UTC().Truncate(time.Hour)
	doc := federation.Public{ID: v.Address(d.ID), Author: v.self(), Kind: federation.Statement, Name: both("name"), Summary: both("summary"), Content: both("content"),
		Published: hour}
	kind := federation.Create
	if d.Revision > 0 {
		kind, doc.Published, doc.Updated = federation.Update, d.First.UTC().Truncate(time.Hour), hour
	}
	if d.Kind == publication.Event {
		doc.Kind, doc.Place, doc.Link, doc.Cancelled = federation.OpenEvent, both("place"), leaves["link"], d.Draft.Cancelled
		doc.Start, doc.End = instantOf(leaves["start"]), instantOf(leaves["end"])
	}
	p := publication.Pending{Activity: opaque.ID(), At: hour}
	var err error
	p.Bytes, err = gofed.EncodePublication(federation.Publication{ID: v.self() + "/act/" + p.Activity, Type: kind, Actor: v.self(), Followers: v.followers(), Published: hour, Document: &doc})
	p.SHA256 = sumOf(p.Bytes)
	return p, err
}

func instantOf(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Publish implements publication.Wire.
func (v *Voice) Publish(ctx context.Context, d publication.Document) error {
	kind := "Create"
	if d.Revision > 0 {
		kind = "Update"
	}
	return v.show(ctx, publicstore.Activity{ID: d.Pending.Activity, Document: d.ID, Type: kind, Body: d.Pending.Bytes, Facts: factsOf(d.Live)})
}

// Withdraw implements publication.Wire.
func (v *Voice) Withdraw(ctx context.Context, d publication.Document, at time.Time) error {
	id := opaque.ID()
	body, err := gofed.EncodePublication(federation.Publication{ID: v.self() + "/act/" + id, Type: federation.Delete, Actor: v.self(), Followers: v.followers(),
		Published: at.UTC().Truncate(time.Hour), Object: v.Address(d.ID)})
	if err != nil {
		return err
	}
	if err := v.Shelf.Clear(ctx, d.ID); err != nil {
		return err
	}
	return v.show(ctx, publicstore.Activity{ID: id, Document: d.ID, Type: "Delete", Body: body, Facts: policies.Facts{}})
}

// show has the gate clear the bytes for everybody, puts them on the shelf, and has
// them sent.
func (v *Voice) show(ctx context.Context, a publicstore.Activity) error {
	d, c, err := v.clear(ctx, v.followers(), a)
	if err != nil {
		return err
	}
	r, err := c.Consume(a.Body, v.followers())
	if err != nil {
		return err
	}
	a.Decision, a.SHA256, a.Made = d.ID, r.SHA256, v.Now()
	if err := v.Shelf.AddActivity(ctx, a); err != nil {
		return err
	}
	return v.Send(ctx)
}

func (v *Voice) clear(ctx context.Context, to string, a publicstore.Activity) (policies.Decision, policies.Clearance, error) {
	d, err := v.Gate.Decide(ctx, policies.Request{Peer: to, Purpose: policies.Publish, Facts: a.Facts, Reviewed: true})
	if err == nil && !d.Allowed {
		err = fault.New(fault.Denied, d.Why)
	}
	if err != nil {
		return d, policies.Clearance{}, err
	}
	c, err := v.Gate.Clear(ctx, d, a.Body)
	return d, c, err
}

// Reads tells whether public documents go to an inbox, or are shown to the audience
// that an IRI stands for.
func (v *Voice) Reads(ctx context.Context, iri string) (bool, error) {
	if iri == v.followers() {
		return true, nil
	}
	return v.Shelf.ReadsBy(ctx, iri)
}
