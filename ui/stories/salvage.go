package stories

import "comptoir/terminal"

// salvage is that of a file whose print journal lacks its end.
func salvage() terminal.Salvage {
	return terminal.Salvage{
		At: at(12, 2), Aside: "/var/lib/comptoir/terminal.db.aside-20261124T170211Z", Commands: 2, Tickets: 5, Orders: 14,
		Missing: []terminal.Kept{terminal.KeptTickets, terminal.KeptPrinters}, Doubt: true, Until: at(12, 1),
	}
}

// restored: a copy was put back over a file that was damaged.
func restored() terminal.Salvage {
	return terminal.Salvage{
		At: at(12, 2), Aside: "/var/lib/comptoir/terminal.db.replaced-20261124T170211Z", Restored: true, Doubt: true,
		Missing: []terminal.Kept{terminal.KeptCommands, terminal.KeptTickets},
	}
}

// salvagedRecords: two records were set aside while the terminal worked.
func salvagedRecords() terminal.Salvage {
	return terminal.Salvage{At: at(12, 2), Aside: "/var/lib/comptoir/terminal.db.records", Records: 2, Missing: []terminal.Kept{terminal.KeptOrders}}
}

func diskTrouble() []terminal.Trouble {
	return []terminal.Trouble{{Key: "disk/full", Kind: terminal.KindDisk, Since: at(12, 11), Disk: terminal.DiskFull}}
}

// diskFull leaves no room for anything.
func diskFull(s *Stage) {
	s.terminal.disk = terminal.DiskFull
	s.report = wellReport(s.language)
	s.report.Disk.Free, s.report.Disk.Fault = 0, terminal.DiskFull
}
