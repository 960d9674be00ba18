package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	hub "github.com/saphan-network/saphan/hub/app"
	node "github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/policies/inventory"
)

// dataRooms are the packages whose exported structs hold what people say or what
// servers keep.
var dataRooms = []string{"node/clinic", "node/clinic/casework", "node/clinic/consent", "node/clinic/directory", "node/clinic/handover", "node/clinic/referral", "node/clinic/register",
	"hub/network/membership", "federation", "federation/mailbox", "node/chassis/account", "node/chassis/audit", "node/chassis/jobs", "node/chassis/backup"}

// machinery are the exported structs of those packages that keep nothing of
// anybody: services, settings, questions, and answers made of other structs.
var machinery = map[string]string{
	"services and what they stand on": `casework.Config casework.Service directory.Deps directory.Service referral.ReceiverParts referral.Receiver referral.SenderParts referral.Sender referral.Receipts handover.SenderParts handover.Sender handover.ReceiverParts handover.Receiver
		register.Config register.Service membership.Deps membership.Service mailbox.Store account.Options account.Service audit.Log jobs.Queue backup.Source backup.Target`,
	"questions":                    "casework.Filter casework.Tuple casework.Term consent.Query referral.Filter handover.Find register.Filter register.Options audit.Filter",
	"what a rule looks at":         "casework.Attrs casework.Sight clinic.Object",
	"put together from the others": "casework.Page directory.Found referral.OfferView referral.Match referral.Outlook referral.Offering referral.View referral.Issued handover.View handover.ReceivedView register.Plan register.Table register.Book register.Format",
	"states of a line":             "mailbox.Claim mailbox.Failure audit.Broken",
}

// TestEveryPlaceIsInTheInventory: a column or a field that nobody has classified
// fails here, and so does an entry whose place has gone.
func TestEveryPlaceIsInTheInventory(t *testing.T) {
	items, err := inventory.Items()
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, i := range items {
		written[i.Place] = true
	}
	there := map[string]bool{}
	for _, sets := range [][]database.Set{node.Sets(), hub.Sets()} {
		for _, c := range columns(t, sets) {
			there[c] = true
		}
	}
	for _, f := range dataFields(t) {
		there[f] = true
	}
	for p := range there {
		if !written[p] {
			t.Errorf("%s is in no class: add it to policies/inventory/inventory.csv (who is it about, may it leave, how long is it kept?)", p)
		}
	}
	for p := range written {
		if !there[p] {
			t.Errorf("%s is in policies/inventory/inventory.csv and nowhere else", p)
		}
	}
}

// columns are all columns of a database to which the sets have been applied.
func columns(t *testing.T, sets []database.Set) []string {
	t.Helper()
	db := dbtest.SQLite(t, sets...)
	var rows []struct{ T, C string }
	q := "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
	if err := db.Reader(t.Context()).Raw(q).Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, r.T+"."+r.C)
	}
	if len(out) < 100 {
		t.Fatalf("only %d columns were found", len(out))
	}
	return out
}

// dataFields are the exported fields of the structs of dataRooms.
func dataFields(t *testing.T) []string {
	t.Helper()
	skip, met, rooms := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, names := range machinery {
		for _, n := range strings.Fields(names) {
			skip[n] = true
		}
	}
	var out []string
	for _, f := range load(t).files {
		if f.test || !slices.Contains(dataRooms, f.dir) {
			continue
		}
		rooms[f.dir] = true
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			body, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			name := f.syntax.Name.Name + "." + spec.Name.Name
			met[name] = true
			if skip[name] {
				return false
			}
			for _, field := range body.Fields.List {
				for _, x := range field.Names {
					if x.IsExported() {
						out = append(out, name+"."+x.Name)
					}
				}
			}
			return false
		})
	}
	for n := range skip {
		if !met[n] {
			t.Errorf("%s is called machinery and has gone", n)
		}
	}
	for _, r := range dataRooms {
		if !rooms[r] {
			t.Errorf("%s has gone", r)
		}
	}
	return out
}
