package federation_test

import (
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// TestApplicationsAreRefused: what an organisation says of itself is bounded, plain,
// of known codes, and has no place for a number or a person's mailbox of any form.
func TestApplicationsAreRefused(t *testing.T) {
	good := func() federation.Application {
		return federation.Application{About: federation.Words{TH: "<p>เราช่วยคนไร้สัญชาติ</p>"}, Services: []string{"dna"}, Regions: []string{"57", "north"}, Languages: []string{"th"}, Contact: "office@north.example"}
	}
	if err := federation.CheckApplication(good()); err != nil {
		t.Fatal(err, fault.As(err).Args)
	}
	for field, changes := range map[string][]func(a *federation.Application){
		"application.about.th": {
			func(a *federation.Application) { a.About.TH = "" },
			func(a *federation.Application) { a.About.TH = "เราช่วย" },
			func(a *federation.Application) { a.About.TH = "<p>เรา<script>x</script></p>" },
			func(a *federation.Application) { a.About.TH = "<p>เรา\u202eช่วย</p>" },
			func(a *federation.Application) {
				a.About.TH = "<p>" + strings.Repeat("ก", federation.MaxAbout+1) + "</p>"
			},
		},
		"application.about.en": {func(a *federation.Application) {
			a.About.EN = "<p>" + strings.Repeat("a", federation.MaxAbout+1) + "</p>"
		}},
		"application.contact": {
			func(a *federation.Application) { a.Contact = "" },
			func(a *federation.Application) { a.Contact = "081-000-4101" },
			func(a *federation.Application) { a.Contact = "0810004101@north.example" },
			func(a *federation.Application) { a.Contact = "Office@north.example" },
			func(a *federation.Application) { a.Contact = "office@localhost" },
			func(a *federation.Application) { a.Contact = "a@b.example,c@d.example" },
			func(a *federation.Application) { a.Contact = "a..b@north.example" },
			func(a *federation.Application) { a.Contact = strings.Repeat("a", 300) + "@north.example" },
		},
		"application.services[0]": {func(a *federation.Application) { a.Services = []string{"magic"} }},
		"application.services[1]": {func(a *federation.Application) { a.Services = []string{"dna", "dna"} }},
		"application.regions[0]":  {func(a *federation.Application) { a.Regions = []string{"บ้านสาธิต"} }},
		"application.languages":   {func(a *federation.Application) { a.Languages = make([]string, federation.MaxCodes+1) }},
	} {
		for i, change := range changes {
			a := good()
			change(&a)
			if err := federation.CheckApplication(a); !fault.Is(err, fault.Invalid) || fault.As(err).Args["field"] != field {
				t.Errorf("%s, %d: %v %v", field, i, err, fault.As(err).Args)
			}
		}
	}
}
