package sandbox

// What made-up customers are called and say. Telephone numbers and addresses are of nobody.
var (
	firstNames = []string{
		"Zoë", "François", "Maëlle", "Noé", "Inès", "Jérôme", "Camille", "Loïc", "Chloé", "Étienne", "Marie-Hélène", "Gaëtan",
		"Océane", "Benoît", "Anaïs", "Thaïs", "André", "Léa", "Mélodie", "Raphaël", "Éloïse", "Siobhán", "José", "Nguyễn", "Łukasz",
		"Jürgen", "Ana María", "Frédérique", "Jean-Sébastien", "Aïcha",
	}
	lastNames = []string{
		"Lévesque", "Bélanger", "Côté", "Gagné", "Tremblay", "Hébert", "Lefebvre", "Bouchard-Émond", "O'Neil", "Deschênes", "Roy",
		"Saint-Onge", "Ouellet", "Thériault", "García Márquez", "Müller", "Thị Minh Khai", "Wójcik", "Çelik", "D'Amours", "Désilets",
		"Sørensen", "Brûlé", "Ménard & fils",
	}
	orderNotes = []string{
		"Merci de sonner une seule fois", "Pas de sac, s'il vous plaît", "C'est pour une fête : joyeux anniversaire !",
		"Extra napkins, please", "Appeler à l'arrivée", "À remettre à la réception",
	}
	remarks = []string{
		"Bien cuit", "Vinaigrette à part", "Sans sel ajouté", "Très chaud, s'il vous plaît", "Coupé en deux", "No ice",
		"Peu épicé", "Sauce à côté",
	}
	allergies = []string{"arachides et noix", "gluten (maladie cœliaque)", "fruits de mer", "lait et œufs", "moutarde", "sésame"}
	cars      = []string{"Honda Civic bleue", "Camionnette blanche", "Mazda 3 rouge", "Vélo cargo vert", "Tesla grise", "Citroën jaune"}
	streets   = []string{
		"rue Saint-Denis", "avenue du Mont-Royal Est", "boulevard Saint-Joseph", "rue Rachel", "avenue De Lorimier",
		"rue Jeanne-Mance", "avenue de l'Hôtel-de-Ville", "rue Gilford",
	}
	postalCodes = []string{"H2J 2L4", "H2T 1S6", "H2W 1X9", "H2H 1P1", "H2L 3X4"}
)
