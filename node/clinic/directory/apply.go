package directory

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
)

// The states of an application, beside Asked.
const (
	Considered = "considered" // the hub has said that it is under review
	Withdrawn  = "withdrawn"  // we have taken it back
)

// AgainIn is after how long a hub that has turned us down takes another application.
const AgainIn = 90 * 24 * time.Hour

// maxAbout is how many letters we may say of ourselves, in each language, and maxCodes
// how many codes one list may hold.
const (
	maxAbout = 600
	maxCodes = 40
)

// Words is what this organisation says of itself when it applies. It is for the
// network to read, and nothing of any case.
type Words struct {
	AboutTH, AboutEN             string // plain text
	Services, Regions, Languages []string
	Contact                      string // mailbox of the organisation
}

// Application is an application before it leaves: the exact bytes.
type Application struct {
	Hub   Card
	Words Words
	Body  []byte
	Sum   string // SHA-256 of Body, in hex
	By    string // user id of who has typed it
	At    time.Time
}

// Letter is where our application, or our plain request to join, is on its way.
type Letter struct {
	State string    // waiting, sent, held, dropped; "" for none
	Why   string    // message key of the last failure
	Code  int       // HTTP status of it, 0 if there was no answer
	Tried time.Time // when it was last tried
}

// There reports whether the hub has it.
func (l Letter) There() bool { return l.State == "sent" }

// Doorbell is how an application reaches a hub's door. Draw, Knock, Recall and Unpin
// must run in a transaction.
type Doorbell interface {
	// Draw makes the bytes of an application; before are those drawn last, whose name
	// is kept.
	Draw(ctx context.Context, hub Card, w Words, before []byte) (body []byte, sum string, err error)
	// Knock sends exactly the bytes that were drawn, to the door of a pinned hub.
	Knock(ctx context.Context, hub Card, body []byte) (join string, err error)
	Letter(ctx context.Context, join string) (Letter, error)
	// Recall takes back what has not reached the hub. It is a fault.Conflict while it is
	// being sent.
	Recall(ctx context.Context, join string) error
	// Unpin forgets a hub of which we were never a member.
	Unpin(ctx context.Context) error
	// Personal reports whether something in a text is certainly a person's, and what.
	Personal(text string) (is bool, pieces []string)
}

// Drafts keeps the one application that was typed last, fault.NotFound if there is none.
type Drafts interface {
	Application(ctx context.Context) (Application, error)
	SaveApplication(ctx context.Context, a Application) error
}

// ErrRedrawn says that the bytes have changed since they were shown: nothing was sent,
// and they are to be looked at again.
var ErrRedrawn = fault.New(fault.Conflict, "error.apply.redrawn")

// MayApply answers nil for who may apply for the organisation, as it stands.
func (s *Service) MayApply(ctx context.Context, who clinic.Actor) error {
	if err := s.may(ctx, who, "manage"); err != nil {
		return err
	}
	st, err := s.d.Store.Standing(ctx)
	if err != nil {
		return err
	}
	return s.free(st, "")
}

// free says whether an application to a hub fits how we stand; "" is any hub.
func (s *Service) free(st Standing, hub string) error {
	switch st.State {
	case Asked, Considered, Active:
		return fault.New(fault.Conflict, "error.apply.open")
	}
	if st.Hub.Actor == "" || hub != "" && hub != st.Hub.Actor {
		return nil
	}
	if from := st.Again(); hub != "" && s.d.Now().Before(from) {
		return fault.New(fault.Conflict, "error.apply.too_soon")
	}
	return nil
}

// Declined reports whether a hub has turned our application down.
func (st Standing) Declined() bool { return st.State == Ended && st.Paper == "" }

// Again is from when on a hub that has turned us down takes another application.
func (st Standing) Again() time.Time {
	if !st.Declined() {
		return time.Time{}
	}
	return st.Since.Add(AgainIn)
}

// Draft looks whose a hub's address is, and makes the bytes of an application to it
// without sending anything.
func (s *Service) Draft(ctx context.Context, who clinic.Actor, hub string, w Words) error {
	if err := s.may(ctx, who, "manage"); err != nil {
		return err
	}
	if err := s.check(&w); err != nil {
		return err
	}
	c, err := s.d.Wire.Look(ctx, hub)
	if err != nil {
		return err
	}
	if c.Door == "" {
		return fault.New(fault.Conflict, "error.apply.no_door").With("hub", c.Name)
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		st, err := s.d.Store.Standing(ctx)
		if err == nil {
			err = s.free(st, c.Actor)
		}
		if err != nil {
			return err
		}
		a := Application{Hub: c, Words: w, By: who.UserID, At: s.d.Now()}
		if a.Body, a.Sum, err = s.d.Doorbell.Draw(ctx, c, w, nil); err != nil {
			return err
		}
		return s.d.Drafts.SaveApplication(ctx, a)
	})
}

// Drafted is the application that was typed last, before or after it was sent.
func (s *Service) Drafted(ctx context.Context, who clinic.Actor) (Application, error) {
	if err := s.may(ctx, who, "manage"); err != nil {
		return Application{}, err
	}
	return s.d.Drafts.Application(ctx)
}

// Apply sends exactly the bytes that were shown, to the hub whose fingerprint was
// shown: its card is fetched again, and another key is refused.
func (s *Service) Apply(ctx context.Context, who clinic.Actor, sum, fingerprint string) error {
	a, err := s.Drafted(ctx, who)
	if err != nil {
		return err
	}
	if sum == "" || sum != a.Sum {
		return ErrRedrawn
	}
	c, err := s.d.Wire.Look(ctx, a.Hub.Actor)
	if err != nil {
		return err
	}
	switch {
	case fingerprint == "" || c.Fingerprint() != fingerprint:
		return fault.New(fault.Conflict, "error.network.key_changed")
	case c.Door == "":
		return fault.New(fault.Conflict, "error.apply.no_door").With("hub", c.Name)
	}
	other := false
	err = s.change(ctx, who, "apply", func(ctx context.Context, st *Standing) error {
		if err := s.free(*st, c.Actor); err != nil {
			return err
		}
		body, now, err := s.d.Doorbell.Draw(ctx, c, a.Words, a.Body)
		if err != nil {
			return err
		}
		if other = now != sum; other { // its hour or its number has passed; it is shown again
			a.Body, a.Sum = body, now
			return errRedraw
		}
		if err := s.pinFor(ctx, *st, c); err != nil {
			return err
		}
		id, err := s.d.Doorbell.Knock(ctx, c, body)
		if err != nil {
			return err
		}
		*st = Standing{Hub: c, State: Asked, Join: id}
		return nil
	})
	if other {
		if err := s.d.Drafts.SaveApplication(ctx, a); err != nil {
			return err
		}
		return ErrRedrawn
	}
	return err
}

// errRedraw rolls back what would have sent other bytes than those shown.
var errRedraw = fault.New(fault.Conflict, "error.apply.redrawn")

// pinFor takes a hub's key down. Another hub is given up first if we were never its
// member; leaving one for another is an operator's work.
func (s *Service) pinFor(ctx context.Context, st Standing, c Card) error {
	if st.Hub.Actor != "" && st.Hub.Actor != c.Actor {
		if st.Paper != "" || st.State != Withdrawn && !st.Declined() && st.State != Invited {
			return fault.New(fault.Conflict, "error.network.other_hub")
		}
		if err := s.d.Doorbell.Unpin(ctx); err != nil {
			return err
		}
	}
	return s.d.Wire.Pin(ctx, c)
}

// check refuses what an application cannot hold, and what is certainly a person's.
func (s *Service) check(w *Words) error {
	var wrong []fault.Field
	add := func(bad bool, field, key string) {
		if bad {
			wrong = append(wrong, fault.Field{Name: field, Key: key})
		}
	}
	for _, one := range []struct {
		name string
		text *string
	}{{"about_th", &w.AboutTH}, {"about_en", &w.AboutEN}} {
		*one.text = strings.TrimSpace(strings.ReplaceAll(*one.text, "\r\n", "\n"))
		switch {
		case *one.text == "":
			add(one.name == "about_th", one.name, "error.apply.needed")
		case !utf8.ValidString(*one.text), utf8.RuneCountInString(*one.text) > maxAbout:
			add(true, one.name, "error.apply.long")
		default:
			is, _ := s.d.Doorbell.Personal(*one.text)
			add(is, one.name, "error.apply.personal")
		}
	}
	w.Contact = strings.ToLower(strings.TrimSpace(w.Contact))
	add(!isMailbox(w.Contact), "contact", "error.apply.contact")
	for _, set := range []struct {
		name  string
		codes []string
		lists []string
	}{{"services", w.Services, []string{"service_type"}}, {"regions", w.Regions, []string{"region", "province"}}, {"languages", w.Languages, []string{"language"}}} {
		known := true
		for _, c := range set.codes {
			is := false
			for _, l := range set.lists {
				is = is || vocabulary.Has(l, c)
			}
			known = known && is
		}
		add(!known, set.name, "error.apply.code")
		add(len(set.codes) == 0, set.name, "error.apply.one")
		add(len(set.codes) > maxCodes, set.name, "error.apply.many")
	}
	if len(wrong) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.apply.form", Fields: wrong}
	}
	return nil
}

// Telling lists the pieces of our own words that are certainly a person's.
func (s *Service) Telling(w Words) []string {
	_, th := s.d.Doorbell.Personal(w.AboutTH)
	_, en := s.d.Doorbell.Personal(w.AboutEN)
	return append(th, en...)
}

// mailboxForm and manyDigits say of a mailbox what the wire says too.
var (
	mailboxForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._+-]{0,63}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$`)
	manyDigits  = regexp.MustCompile(`[0-9]{7}`)
)

func isMailbox(s string) bool {
	return len(s) <= 200 && mailboxForm.MatchString(s) && !strings.Contains(s, "..") && !manyDigits.MatchString(s)
}

// Letter tells where our application is on its way.
func (s *Service) Letter(ctx context.Context) (Letter, error) {
	st, err := s.d.Store.Standing(ctx)
	if err != nil || st.Join == "" {
		return Letter{}, err
	}
	return s.d.Doorbell.Letter(ctx, st.Join)
}

// Withdraw takes our application back. The hub is told, unless it never had it.
func (s *Service) Withdraw(ctx context.Context, who clinic.Actor) error {
	return s.change(ctx, who, "withdraw", func(ctx context.Context, st *Standing) error {
		if st.State != Asked && st.State != Considered {
			return fault.New(fault.Conflict, "error.network.not_joined")
		}
		l, err := s.d.Doorbell.Letter(ctx, st.Join)
		if err != nil {
			return err
		}
		st.State = Withdrawn
		if l.There() || l.State == "" {
			return s.d.Wire.Leave(ctx, st.Hub.Actor)
		}
		if l.State == "dropped" {
			return nil
		}
		return s.d.Doorbell.Recall(ctx, st.Join)
	})
}

// WasConsidered takes note that the hub reviews our application.
func (s *Service) WasConsidered(ctx context.Context, from, join string) (mine bool, err error) {
	st, err := s.d.Store.Standing(ctx)
	if err != nil || st.Hub.Actor != from || st.Join != join || join == "" {
		return false, err
	}
	return true, s.told(ctx, from, "considered", func(_ context.Context, st *Standing) (bool, error) {
		if st.Join != join || st.State != Asked {
			return false, nil
		}
		st.State = Considered
		return true, nil
	})
}
