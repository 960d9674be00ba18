// Package counts says how many without saying who. A table of counts over few
// people is a list of people: a cell of one is a person, and two tables that differ
// by one person show that person. So there are no free questions here:
//
//   - only the registered shapes of a table can be asked for, each over its own kind
//     of period (the release cube, see Shapes);
//   - a table is made once, some weeks after its period has ended, and never again:
//     whoever asks twice gets the same figures, and a case that comes late counts in
//     the next period;
//   - a person counts once a year and shape; each shape spends a part of the year's
//     budget;
//   - a cell of fewer than Threshold people (ThresholdSpecial where the subject is
//     dangerous) is not shown, and nothing can be subtracted to find it: each shown
//     cell carries noise that depends on the very people in it and on a secret, is
//     rounded, and totals are sums of what is shown;
//   - where everybody of a group is in the same cell, the group is not shown at all:
//     knowing that somebody is in the group would tell the rest;
//   - of the answers of several organisations only their sum is told, where at least
//     MinContributors gave a figure and none of them nearly all of it.
//
// The package is plain: it knows no database, no page and no wire.
package counts
