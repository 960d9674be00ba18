// Command node is a member organisation's server: its case files, its people,
// and its place in the network.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/internal/command"
)

// version is set when a release is built.
var version = "development"

func main() {
	os.Exit(cli.Main(context.Background(), program()))
}

func program() cli.Program {
	return cli.Program{Spec: config.Node(), Version: version, Sets: app.Sets(), Roles: app.Roles(), Scopes: app.Scopes(), Admin: "admin", Actor: "/ap/org", LinkPath: "/welcome/", Editions: app.Editions,
		Start: func(ctx context.Context, v config.Values, log *slog.Logger) (cli.Server, error) {
			cfg, err := settings(v, log)
			if err != nil {
				return nil, err
			}
			return app.New(ctx, cfg)
		},
		Commands: command.Commands(func(ctx context.Context, v config.Values) (*command.Office, error) {
			cfg, err := settings(v, nil)
			if err != nil {
				return nil, err
			}
			a, err := app.New(ctx, cfg)
			if err != nil {
				return nil, err
			}
			return &command.Office{Accounts: a.Accounts, Register: a.Register, Network: a.Network, Rules: a.Rules, Ledger: a.Ledger, Close: a.Close}, nil
		})}
}

// settings are the app's, for serving and for commands alike.
func settings(v config.Values, log *slog.Logger) (app.Config, error) {
	rows, err := cli.Rows(v.Text("policy.rows"))
	return app.Config{Rules: rows, BaseURL: v.Text("base_url"), DataDir: v.Text("data_dir"), Database: v.Text("database.url"),
		VaultKey: v.Text("vault.key_file"), FileKey: v.Text("database.key_file"), NameTH: v.Text("org.name"), NameEN: v.Text("org.name_en"), Language: v.Text("language"),
		Idle: v.Duration("session.idle"), Absolute: v.Duration("session.absolute"),
		Proxies: v.List("trusted_proxies"), ListBound: v.Duration("federation.list_bound"), Private: v.On("federation.allow_private"), Version: version, Log: log}, err
}
