package federation

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// MaxAbout is how many letters an organisation may say of itself, in each language.
const MaxAbout = 600

// MaxApplication is the number of bytes of a Join with an application.
const MaxApplication = 16 << 10

// Application is what an organisation that nobody has invited says of itself when it
// asks to join (Join, as instrument): an object of type ["Note","MembershipRequest"].
type Application struct {
	About     Words    // HTML as Paragraphs writes it; Thai must be there
	Services  []string // vocabulary service_type
	Regions   []string // vocabulary region or province
	Languages []string // vocabulary language
	Contact   string   // mailbox of the organisation, not of a person
}

// CheckApplication reports the first reason why an application may not be sent, or is
// none, as Validate does.
func CheckApplication(a Application) error {
	for _, w := range []struct{ field, html string }{{"application.about.th", a.About.TH}, {"application.about.en", a.About.EN}} {
		if w.html == "" && strings.HasSuffix(w.field, "en") {
			continue
		}
		text, ok := PlainText(w.html)
		switch {
		case w.html == "":
			return invalid(w.field, "missing")
		case !ok || !IsText(text):
			return invalid(w.field, "html")
		case utf8.RuneCountInString(text) > MaxAbout || len(w.html) > MaxString:
			return invalid(w.field, "length")
		}
	}
	if !IsMailbox(a.Contact) {
		return invalid("application.contact", "mailbox")
	}
	return first(
		codes("application.services", a.Services, "service_type"),
		codes("application.regions", a.Regions, "region", "province"),
		codes("application.languages", a.Languages, "language"),
	)
}

var mailboxForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._+-]{0,63}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$`)

// IsMailbox accepts an address for letters, in small ASCII letters. Whether anybody
// reads what is sent there is not its business.
func IsMailbox(s string) bool {
	return len(s) <= 200 && mailboxForm.MatchString(s) && !strings.Contains(s, "..") && !longDigits.MatchString(s)
}

// longDigits is what may be a telephone's or a person's number.
var longDigits = regexp.MustCompile(`[0-9]{7}`)

// joinRules: whoever applies speaks to the network itself.
func joinRules(a Activity) error {
	if a.Application != nil {
		if err := CheckApplication(*a.Application); err != nil {
			return err
		}
	}
	return objectIsReceiver(a)
}
