// Package librarian takes what members say about lessons from the wire onto the shelf,
// the same way on every server, and believes nobody but who has proved it.
package librarian

import (
	"context"
	"crypto/ed25519"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/node/clinic/library"
)

// Shelf is what a librarian needs of a library; *bookshelf.Store is one.
type Shelf interface {
	library.Shelf
	RetireRemark(ctx context.Context, iri, author string, at time.Time) error
}

// Keys knows the pinned keys of members and a server's own; *mailbox.Store does.
type Keys interface {
	Peer(ctx context.Context, actor string) (mailbox.Peer, error)
	OwnKeys(ctx context.Context) ([]mailbox.OwnKey, error)
}

// Librarian takes words in.
type Librarian struct {
	Self  string // IRI of this server's actor
	Shelf Shelf
	Keys  Keys
	Now   func() time.Time
}

// Verify believes that a member of the network has said exactly said, or refuses.
func (l *Librarian) Verify(ctx context.Context, actor string, said []byte) error {
	pinned, err := l.pinned(ctx, actor)
	if err != nil {
		return err
	}
	keys := map[string]ed25519.PublicKey{}
	for _, k := range pinned {
		key, err := proof.Assertion(k.Multibase)
		if k.ID == "" || err != nil {
			continue
		}
		keys[k.ID] = key
	}
	if _, err := proof.Verify(said, proof.Expect{Keys: keys, Now: l.Now(), Ahead: 2 * time.Hour}); err != nil {
		return fault.New(fault.Forbidden, "lessons.error.unproved").With("why", proof.Reason(err))
	}
	return nil
}

// pinned are the keys of a member that hold, or all that this server ever had.
func (l *Librarian) pinned(ctx context.Context, actor string) ([]federation.Multikey, error) {
	if actor == l.Self {
		own, err := l.Keys.OwnKeys(ctx)
		var out []federation.Multikey
		for _, k := range own {
			out = append(out, k.Assertion)
		}
		return out, err
	}
	p, err := l.Keys.Peer(ctx, actor)
	if fault.Is(err, fault.NotFound) || err == nil && p.Role != mailbox.RoleMember {
		return nil, fault.New(fault.Forbidden, "lessons.error.no_member")
	}
	if err != nil {
		return nil, err
	}
	out := []federation.Multikey{p.Assertion}
	if !p.OldKey.Ended(l.Now()) {
		out = append(out, p.OldKey.Assertion)
	}
	return out, nil
}

// Take puts onto the shelf what a word says that was verified. It reports whether
// that was news. passed is when a hub passed it on, zero where it was said here.
// Whoever speaks of what was taken back is refused: it must not come back.
func (l *Librarian) Take(ctx context.Context, w federation.Word, passed time.Time) (fresh bool, err error) {
	switch {
	case w.Type == federation.Delete:
		return l.erase(ctx, w)
	case w.Thing == nil:
		return false, nil
	case w.Thing.Kind == federation.Lesson:
		one := lessonOf(w)
		one.Own, one.PassedOn = w.Actor == l.Self, passed
		if fresh, err = l.Shelf.Put(ctx, one); err != nil || fresh {
			return fresh, err
		}
		return false, l.gone(ctx, w.Thing.ID)
	}
	r := remarkOf(w)
	r.Own = w.Actor == l.Self
	if r.Lesson, err = l.lesson(ctx, r.About); err != nil {
		return false, err
	}
	if fresh, err = l.Shelf.AddRemark(ctx, r); err != nil || fresh {
		return fresh, err
	}
	return false, l.gone(ctx, r.Lesson)
}

// gone refuses to speak of what was taken back.
func (l *Librarian) gone(ctx context.Context, lesson string) error {
	one, err := l.Shelf.Get(ctx, library.PageID(lesson))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil && one.State == library.Retracted {
		return fault.New(fault.Conflict, "lessons.error.retracted")
	}
	return err
}

// lesson is the lesson that an IRI stands for, which may be that of a remark.
func (l *Librarian) lesson(ctx context.Context, about string) (string, error) {
	r, err := l.Shelf.Remark(ctx, about)
	if fault.Is(err, fault.NotFound) {
		return about, nil
	}
	return r.Lesson, err
}

func (l *Librarian) erase(ctx context.Context, w federation.Word) (bool, error) {
	r, err := l.Shelf.Remark(ctx, w.Object)
	if err == nil {
		if r.Author != w.Actor || r.Retired {
			return false, nil
		}
		return true, l.Shelf.RetireRemark(ctx, w.Object, w.Actor, w.Published)
	}
	if !fault.Is(err, fault.NotFound) {
		return false, err
	}
	one, err := l.Shelf.Get(ctx, library.PageID(w.Object))
	if err == nil && (one.State == library.Retracted || one.Author != w.Actor) {
		return false, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	return true, l.Shelf.Retract(ctx, w.Object, w.Actor, w.Reason, w.Published)
}

// About is the IRI of the lesson or remark that a word is about.
func About(w federation.Word) string {
	if w.Thing != nil {
		return w.Thing.ID
	}
	return w.Object
}

func words(w federation.Words) library.Words {
	return library.Words{TH: w.TH, EN: w.EN}
}

func plain(w federation.Words) library.Words {
	th, _ := federation.PlainText(w.TH) // the wire has refused all other HTML
	en, _ := federation.PlainText(w.EN)
	return library.Words{TH: th, EN: en}
}

func lessonOf(w federation.Word) library.Lesson {
	t := w.Thing
	out := library.Lesson{IRI: t.ID, Author: w.Actor, Revision: 1, First: w.Published, Since: w.Published,
		Text: library.Text{Title: words(t.Name), Summary: words(t.Summary), Problem: plain(t.Content)}}
	l := t.Lesson
	if l == nil {
		return out
	}
	out.Revision = l.Revision
	out.Text.Tried, out.Text.Worked, out.Text.Failed, out.Text.Limits = plain(l.Tried), plain(l.Worked), plain(l.Failed), plain(l.Limits)
	out.Text.Issue, out.Text.Status, out.Text.Office, out.Text.Region, out.Text.Evidence = l.Issue, l.StatusFamily, l.OfficeType, l.Region, l.Evidence
	for _, law := range l.Laws {
		out.Text.Laws = append(out.Text.Laws, library.Law{Name: words(law.Name), Date: law.Date})
	}
	return out
}

func remarkOf(w federation.Word) library.Remark {
	t := w.Thing
	r := library.Remark{IRI: t.ID, About: t.InReplyTo, Author: w.Actor, Kind: library.Reply, Text: plain(t.Content), At: w.Published}
	if t.Kind == federation.Trial {
		r.Kind, r.Result = library.Trial, t.Status
	}
	return r
}

// Word makes the thing that says a lesson, under its IRI and its next revision.
func Word(iri, author string, revision int, t library.Text) *federation.Thing {
	say := func(w library.Words) federation.Words { return federation.Words{TH: w.TH, EN: w.EN} }
	html := func(w library.Words) federation.Words {
		return federation.Words{TH: federation.Paragraphs(w.TH), EN: federation.Paragraphs(w.EN)}
	}
	l := &federation.LessonParts{Tried: html(t.Tried), Worked: html(t.Worked), Failed: html(t.Failed), Limits: html(t.Limits), Issue: t.Issue, StatusFamily: t.Status,
		OfficeType: t.Office, Region: t.Region, Evidence: t.Evidence, Revision: revision}
	for _, law := range t.Laws {
		l.Laws = append(l.Laws, federation.Law{Name: say(law.Name), Date: law.Date})
	}
	return &federation.Thing{Kind: federation.Lesson, ID: iri, Author: author, Name: say(t.Title), Summary: say(t.Summary), Content: html(t.Problem), Lesson: l}
}
