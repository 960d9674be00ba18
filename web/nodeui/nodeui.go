// Package nodeui holds the pages of a member's server: structs, templates and
// fixtures. Each area registers its pages and fixtures in one line of UI.
package nodeui

import (
	"embed"
	"io/fs"

	"github.com/saphan-network/saphan/web"
)

//go:embed all:templates
var templates embed.FS

// UI returns all pages of a member's server.
func UI() web.UI {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic(err) // the directory is embedded by name: this cannot happen in a program that compiled
	}
	u := web.UI{Server: "node", Templates: []fs.FS{sub}}
	for _, a := range []area{
		{homePages(), homeFixtures()},
		{meetingPages(), meetingFixtures()},
		{importPages(), importFixtures()},
		{casePages(), caseFixtures()},
		{referralPages(), referralFixtures()},
		{handoverPages(), handoverFixtures()},
		{networkPages(), networkFixtures()},
		{applyPages(), applyFixtures()},
		{policyPages(), policyFixtures()},
		{whatIfPages(), whatIfFixtures()},
		{numbersPages(), numbersFixtures()},
		{rulePages(), ruleFixtures()},
		{recordPages(), recordFixtures()},
		{receiptPages(), receiptFixtures()},
		{lessonPages(), lessonFixtures()},
	} {
		u.Pages = append(u.Pages, a.pages...)
		u.Fixtures = append(u.Fixtures, a.fixtures...)
	}
	return u
}

// area is the pages of one part of the work, and their fixtures.
type area struct {
	pages    []web.Entry
	fixtures []web.Fixture
}
