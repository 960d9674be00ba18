package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/librarian"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/policies"
)

// Prover proves documents with this server's own key; *station.Station is one.
type Prover interface {
	Prove(doc []byte, created time.Time) ([]byte, error)
}

// Lessons sends lessons and remarks to the hub, which passes them on. It implements
// lesson.Wire.
type Lessons struct {
	Base      string // of this server
	Self      string // IRI of this organisation's actor
	Gate      Gate
	Outbox    Outbox
	Hub       func(ctx context.Context) (mailbox.Peer, error)
	Prover    Prover
	Librarian *librarian.Librarian
	Now       func() time.Time
}

// LessonIRI is the IRI of a lesson of this organisation.
func (x *Lessons) LessonIRI(id string) string { return x.Base + "/ap/lesson/" + id }

func (x *Lessons) remarkIRI(id string) string { return x.Base + "/ap/remark/" + id }

// Preview implements lesson.Wire.
func (x *Lessons) Preview(ctx context.Context, l lesson.Lesson) (lesson.Preview, error) {
	p, _, err := x.look(ctx, x.lessonWord(l))
	return p, err
}

// Release implements lesson.Wire.
func (x *Lessons) Release(ctx context.Context, l lesson.Lesson, shown string) (bool, error) {
	return x.send(ctx, x.lessonWord(l), x.LessonIRI(l.ID), shown)
}

// Retract implements lesson.Wire.
func (x *Lessons) Retract(ctx context.Context, l lesson.Lesson) error {
	w := federation.Word{ID: x.Base + "/ap/act/" + l.Activity, Type: federation.Delete, Object: x.LessonIRI(l.ID), Reason: l.Reason}
	_, err := x.send(ctx, w, w.Object, "")
	return err
}

// PreviewRemark implements lesson.Wire.
func (x *Lessons) PreviewRemark(ctx context.Context, r lesson.Remark) (lesson.Preview, error) {
	p, _, err := x.look(ctx, x.remarkWord(r))
	return p, err
}

// ReleaseRemark implements lesson.Wire.
func (x *Lessons) ReleaseRemark(ctx context.Context, r lesson.Remark, shown string) (bool, error) {
	return x.send(ctx, x.remarkWord(r), r.Lesson, shown)
}

// lessonWord is what would be said of a lesson, as it was written.
func (x *Lessons) lessonWord(l lesson.Lesson) federation.Word {
	w := federation.Word{ID: x.Base + "/ap/act/" + l.Activity, Type: federation.Create, Thing: librarian.Word(x.LessonIRI(l.ID), x.Self, l.Revision+1, l.Draft)}
	if l.Revision > 0 {
		w.Type = federation.Update
	}
	return w
}

func (x *Lessons) remarkWord(r lesson.Remark) federation.Word {
	t := &federation.Thing{Kind: federation.Reply, ID: x.remarkIRI(r.ID), Author: x.Self, InReplyTo: r.About,
		Content: federation.Words{TH: federation.Paragraphs(r.Text.TH), EN: federation.Paragraphs(r.Text.EN)}}
	if r.Kind == library.Trial {
		t.Kind, t.Status = federation.Trial, r.Result
	}
	return federation.Word{ID: x.Base + "/ap/act/" + r.Activity, Type: federation.Create, Thing: t}
}

// released makes a word of what a decision releases of another, and of nothing else
// but its identifiers.
func released(w federation.Word, d policies.Decision) federation.Word {
	w.Reason = d.Value("lesson/reason")
	if w.Thing == nil {
		return w
	}
	both := func(path string) federation.Words {
		return federation.Words{TH: d.Value("lesson/" + path + "_th"), EN: d.Value("lesson/" + path + "_en")}
	}
	t := *w.Thing
	t.Name, t.Summary, t.Content, t.Status = both("title"), both("summary"), both("content"), d.Value("lesson/result")
	if t.Lesson != nil {
		l := federation.LessonParts{Tried: both("tried"), Worked: both("worked"), Failed: both("failed"), Limits: both("limits"), Issue: d.Value("lesson/issue"),
			StatusFamily: d.Value("lesson/status"), OfficeType: d.Value("lesson/office"), Region: d.Value("lesson/region"), Evidence: d.Value("lesson/evidence"),
			Revision: w.Thing.Lesson.Revision}
		if len(d.Values("lesson/law_th")) == len(w.Thing.Lesson.Laws) && len(d.Values("lesson/law_date")) == len(w.Thing.Lesson.Laws) {
			l.Laws = w.Thing.Lesson.Laws // each of them was released, in this order
		}
		t.Lesson = &l
	}
	w.Thing = &t
	return w
}

// look asks the gate and builds the bytes that would leave now.
func (x *Lessons) look(ctx context.Context, w federation.Word) (lesson.Preview, policies.Decision, error) {
	hub, err := x.Hub(ctx)
	if fault.Is(err, fault.NotFound) {
		return lesson.Preview{Why: "lessons.error.no_hub", Remedy: "lessons.error.no_hub.do"}, policies.Decision{}, nil
	}
	if err != nil {
		return lesson.Preview{}, policies.Decision{}, err
	}
	line, err := x.Outbox.Line(ctx, hub.Actor)
	if err != nil {
		return lesson.Preview{}, policies.Decision{}, err
	}
	p, d, _, err := x.build(ctx, w, hub.Actor, line.Last+1)
	return p, d, err
}

func (x *Lessons) build(ctx context.Context, w federation.Word, to string, n int64) (p lesson.Preview, d policies.Decision, out federation.Word, err error) {
	w.Actor, w.To, w.Sequence, w.Published = x.Self, to, n, x.Now().UTC().Truncate(time.Hour)
	d, err = x.Gate.Decide(ctx, policies.Request{Peer: to, Purpose: policies.Lesson, Facts: spoken(w), Reviewed: true})
	p = lesson.Preview{Allowed: d.Allowed, Why: d.Why, Remedy: d.Remedy, To: to}
	for _, f := range d.Fields {
		c := lesson.Crossing{Path: f.Path, Holds: f.Raw, Leaves: f.Values, Rule: f.RuleKey, Transform: policies.TransformKey(f.Transform), Why: f.Why}
		if f.Why != "" { // a lesson leaves as it was read, or not at all
			p.Allowed, p.Why, p.Remedy = false, f.Why, f.Remedy
		}
		p.Fields = append(p.Fields, c)
	}
	if err != nil || !p.Allowed {
		return p, d, w, err
	}
	out = released(w, d)
	body, err := gofed.EncodeProvable(out)
	if err != nil {
		return p, d, out, err
	}
	if p.Body, err = x.Prover.Prove(body, w.Published); err != nil {
		return p, d, out, err
	}
	sum := sha256.Sum256(p.Body)
	p.SHA256 = hex.EncodeToString(sum[:])
	return p, d, out, nil
}

// spoken are the facts of a word of our own: its identifiers are structure, not facts.
func spoken(w federation.Word) policies.Facts {
	f := policies.LessonFacts(w)
	for _, path := range []string{"id", "author", "hour", "proof_key"} {
		delete(f, "lesson/"+path)
	}
	return f
}

// send decides and builds once more and, if the bytes have the hash that was shown,
// or ("") nobody needed to look, clears and files them, and puts what they say onto
// this server's own shelf.
func (x *Lessons) send(ctx context.Context, w federation.Word, thread, shown string) (bool, error) {
	hub, err := x.Hub(ctx)
	if fault.Is(err, fault.NotFound) {
		return false, fault.New(fault.Denied, "lessons.error.no_hub")
	}
	if err != nil {
		return false, err
	}
	n, err := x.Outbox.NextSequence(ctx, hub.Actor)
	if err != nil {
		return false, err
	}
	p, d, out, err := x.build(ctx, w, hub.Actor, n)
	if err != nil {
		return false, err
	}
	if !p.Allowed {
		return false, fault.New(fault.Denied, p.Why)
	}
	if w.Type != federation.Delete && (shown == "" || p.SHA256 != shown) {
		return false, nil
	}
	c, err := x.Gate.Clear(ctx, d, p.Body)
	if err != nil {
		return false, err
	}
	if err := x.Outbox.Enqueue(ctx, c, mailbox.Draft{To: hub.Actor, ActivityID: out.ID, Type: string(out.Type), Thread: thread, Sequence: n, Body: p.Body}); err != nil {
		return false, err
	}
	_, err = x.Librarian.Take(ctx, out, time.Time{})
	return true, err
}

// Library carries out what the hub passes on about lessons.
type Library struct {
	Librarian *librarian.Librarian
	FromHub   func(ctx context.Context, actor string) (bool, error)
}

// Register adds its effects.
func (b Library) Register(e *Effects) { e.HandleWord(b.apply) }

// apply takes what the hub passes on, if its author has proved it. What a member says
// about a lesson to anybody but the hub has no effect.
func (b Library) apply(ctx context.Context, w federation.Word, raw []byte) (bool, error) {
	if w.Type != federation.Announce || w.Inner == nil || !w.Inner.Library() {
		return false, nil
	}
	if is, err := b.FromHub(ctx, w.Actor); err != nil || !is {
		if err == nil {
			err = fault.New(fault.Forbidden, "error.network.not_the_hub")
		}
		return true, err
	}
	said, err := gofed.Said(raw)
	if err != nil {
		return true, err
	}
	if err := b.Librarian.Verify(ctx, w.Inner.Actor, said); err != nil {
		return true, err
	}
	_, err = b.Librarian.Take(ctx, *w.Inner, w.Published)
	return true, err
}
