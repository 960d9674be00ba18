package exchange_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/bookshelf"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/librarian"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/node/internal/exchange"
)

const (
	bookHub    = "https://hub.example"
	bookAuthor = "https://author.example"
	bookSelf   = "https://reader.example/ap/org"
	bookOther  = "https://other.example"
)

var bookHour = time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)

// reader is a node that hears of lessons.
type reader struct {
	t       *testing.T
	db      *database.DB
	shelf   *bookshelf.Store
	effects *exchange.Effects
	keys    map[string]*sign.Key
	n       int64
}

func eachReader(t *testing.T, f func(t *testing.T, r *reader)) {
	dbtest.Each(t, []database.Set{mailbox.Migrations(), bookshelf.Migrations()}, func(t *testing.T, db *database.DB) {
		now := func() time.Time { return bookHour.Add(20 * time.Minute) }
		mail := mailbox.New(db, now)
		r := &reader{t: t, db: db, shelf: bookshelf.New(db), effects: &exchange.Effects{}, keys: map[string]*sign.Key{}}
		for actor, role := range map[string]string{bookHub + "/ap/network": mailbox.RoleHub, bookAuthor + "/ap/org": mailbox.RoleMember, bookOther + "/ap/org": mailbox.RoleMember,
			"https://gone.example/ap/org": mailbox.RoleFormer} {
			k, err := sign.NewKey(actor + "#main-key")
			r.ok(err)
			r.keys[actor] = k
			r.ok(mail.SavePeer(t.Context(), mailbox.Peer{Role: role, Member: federation.Member{Actor: actor, Name: "x", Inbox: actor + "/inbox", KeyID: k.ID(), PublicKeyPEM: k.PublicPEM(),
				Tier: "full", State: "active", Assertion: k.Assertion().Multikey()}}))
		}
		k, err := sign.NewKey("https://stranger.example/ap/org#main-key")
		r.ok(err)
		r.keys["https://stranger.example/ap/org"] = k
		l := &librarian.Librarian{Self: bookSelf, Shelf: r.shelf, Keys: mail, Now: now}
		exchange.Library{Librarian: l, FromHub: func(_ context.Context, actor string) (bool, error) { return actor == bookHub+"/ap/network", nil }}.Register(r.effects)
		f(t, r)
	})
}

func (r *reader) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func bookText(title string) library.Text {
	th := func(s string) library.Words { return library.Words{TH: s} }
	return library.Text{Title: th(title), Problem: th("ไม่ลงรับคำร้อง"), Tried: th("ส่งไปรษณีย์"), Worked: th("ลงรับ"), Issue: "birth_not_registered", Evidence: "one_case"}
}

// said is what an author says, proved by the key of by.
func (r *reader) said(author, by string, w federation.Word) []byte {
	r.t.Helper()
	r.n++
	w.ID, w.Actor, w.To, w.Published, w.Sequence = author+"/ap/act/"+opaque.ID(), author+"/ap/org", bookHub+"/ap/network", bookHour, r.n
	if w.Thing != nil {
		w.Thing.Author = w.Actor
	}
	body, err := gofed.EncodeProvable(w)
	r.ok(err)
	out, err := r.keys[by+"/ap/org"].Assertion().Prove(body, bookHour)
	r.ok(err)
	return out
}

// announced is the hub's word that passes said on, made by hand so that said may be anything.
func announced(said []byte) []byte {
	doc := map[string]any{"@context": []any{"https://www.w3.org/ns/activitystreams", map[string]any{"saphan": federation.Namespace, "sequence": "saphan:sequence"}},
		"type": "Announce", "id": bookHub + "/ap/act/" + opaque.ID(), "actor": bookHub + "/ap/network", "to": []any{bookSelf}, "published": "2026-11-25T06:00:00Z", "sequence": 7,
		"object": json.RawMessage(said)}
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return b
}

// hear has an announcement come in. What is no word of ours has no effect at all.
func (r *reader) hear(raw []byte) (mine bool, err error) {
	w, err := gofed.DecodeWord(raw)
	if err != nil {
		return false, err
	}
	err = r.db.Within(r.t.Context(), func(ctx context.Context) error {
		mine, err = r.effects.ApplyWord(ctx, w, raw)
		return err
	})
	return mine, err
}

func (r *reader) lesson(id string, revision int, title string) federation.Word {
	w := federation.Word{Type: federation.Create, Thing: librarian.Word(bookAuthor+"/ap/lesson/"+id, "", revision, bookText(title))}
	if revision > 1 {
		w.Type = federation.Update
	}
	return w
}

func (r *reader) count() int {
	r.t.Helper()
	got, err := r.shelf.Search(r.t.Context(), library.Query{})
	r.ok(err)
	return got.Total
}

func TestWhatIsNotBelieved(t *testing.T) {
	eachReader(t, func(t *testing.T, r *reader) {
		id := opaque.ID()
		good := r.said(bookAuthor, bookAuthor, r.lesson(id, 1, "ขอให้ลงรับ"))
		change := func(from, to string) []byte {
			out := strings.Replace(string(good), from, to, 1)
			if out == string(good) {
				t.Fatalf("nothing to change: %s", from)
			}
			return announced([]byte(out))
		}
		for what, raw := range map[string][]byte{
			"a letter changed by the hub":         change("ขอให้ลงรับ", "ขอให้ลงลับ"),
			"its kind changed":                    change(`"type":"Create"`, `"type":"Update"`),
			"its number changed":                  change(`"sequence":1`, `"sequence":2`),
			"its revision changed":                change(`"revision":1`, `"revision":9`),
			"without its proof":                   announced([]byte(string(good)[:strings.Index(string(good), `,"proof":`)] + "}")),
			"proved by another member":            announced(r.said(bookAuthor, bookOther, r.lesson(id, 1, "ขอให้ลงรับ"))),
			"proved by the hub":                   announced(r.proved(bookAuthor, bookHub+"/ap/network", r.lesson(id, 1, "ขอให้ลงรับ"))),
			"of one who has left":                 announced(r.said("https://gone.example", "https://gone.example", r.under("https://gone.example"))),
			"of a stranger":                       announced(r.said("https://stranger.example", "https://stranger.example", r.under("https://stranger.example"))),
			"announced by a member":               []byte(strings.ReplaceAll(string(announced(good)), bookHub+"/ap/act/", bookOther+"/ap/act/")),
			"a referral in it":                    announced([]byte(strings.Replace(string(good), `["Article","Lesson"]`, `["Article","Referral"]`, 1))),
			"a script in it":                      announced([]byte(strings.Replace(string(good), `<p>ไม่ลงรับคำร้อง</p>`, `<p>x</p><script>x</script>`, 2))),
			"a property more":                     change(`"revision":1`, `"revision":1,"needs":["dna"]`),
			"an announcement in an announcement":  announced(announced(good)),
			"another's lesson under one's own id": announced([]byte(strings.Replace(string(good), bookAuthor+"/ap/lesson/", bookOther+"/ap/lesson/", 1))),
		} {
			if mine, err := r.hear(raw); err == nil && mine {
				t.Errorf("%s is believed", what)
			}
		}
		if n := r.count(); n != 0 {
			t.Fatalf("%d lessons are here", n)
		}
		if mine, err := r.hear(announced(good)); err != nil || !mine || r.count() != 1 {
			t.Fatalf("as it was said: %v, %d lessons", err, r.count())
		}
		if _, err := r.hear(announced(good)); err != nil || r.count() != 1 {
			t.Errorf("a second time: %v, %d lessons", err, r.count())
		}
	})
}

// under is a lesson of another origin.
func (r *reader) under(origin string) federation.Word {
	return federation.Word{Type: federation.Create, Thing: librarian.Word(origin+"/ap/lesson/"+opaque.ID(), "", 1, bookText("ขอให้ลงรับ"))}
}

// proved is said with the key of any actor.
func (r *reader) proved(author, actor string, w federation.Word) []byte {
	r.t.Helper()
	r.keys["https://borrowed.example/ap/org"] = r.keys[actor]
	return r.said(author, "https://borrowed.example", w)
}

func TestARetractedLessonDoesNotComeBack(t *testing.T) {
	eachReader(t, func(t *testing.T, r *reader) {
		id := opaque.ID()
		first := announced(r.said(bookAuthor, bookAuthor, r.lesson(id, 1, "ขอให้ลงรับ")))
		second := announced(r.said(bookAuthor, bookAuthor, r.lesson(id, 2, "ขอให้ลงรับทุกครั้ง")))
		iri := bookAuthor + "/ap/lesson/" + id
		trial := announced(r.said(bookOther, bookOther, federation.Word{Type: federation.Create,
			Thing: &federation.Thing{Kind: federation.Trial, ID: bookOther + "/ap/remark/" + opaque.ID(), InReplyTo: iri, Status: "worked"}}))
		_, err := r.hear(second) // the first is late
		r.ok(err)
		_, err = r.hear(first)
		r.ok(err)
		_, err = r.hear(trial)
		r.ok(err)
		l, err := r.shelf.Get(t.Context(), library.PageID(iri))
		if err != nil || l.Revision != 2 || l.Worked != 1 {
			t.Fatalf("%+v, %v", l, err)
		}
		forged := announced(r.said(bookOther, bookOther, federation.Word{Type: federation.Delete, Object: bookOther + "/ap/lesson/" + id, Reason: "wrong"}))
		_, err = r.hear(forged)
		r.ok(err)
		if r.count() != 1 {
			t.Fatal("another has taken it back")
		}
		_, err = r.hear(announced(r.said(bookAuthor, bookAuthor, federation.Word{Type: federation.Delete, Object: iri, Reason: "recognisable"})))
		r.ok(err)
		for what, raw := range map[string][]byte{"the first version": first, "a new one": announced(r.said(bookAuthor, bookAuthor, r.lesson(id, 3, "กลับมา"))), "a trial of it": announced(
			r.said(bookOther, bookOther, federation.Word{Type: federation.Create, Thing: &federation.Thing{Kind: federation.Trial, ID: bookOther + "/ap/remark/" + opaque.ID(), InReplyTo: iri, Status: "failed"}}))} {
			if _, err := r.hear(raw); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "lessons.error.retracted" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if l, err := r.shelf.Get(t.Context(), library.PageID(iri)); err != nil || l.State != library.Retracted || l.Reason != "recognisable" || r.count() != 0 {
			t.Errorf("%+v, %v", l, err)
		}
	})
}
