"""Invented names: common first and last names of France and of those who live there."""

WOMEN = (
    "Aïcha", "Amandine", "Aminata", "Anaïs", "Assia", "Bérengère", "Bintou", "Camille", "Carole", "Chantal",
    "Claire", "Corinne", "Elena", "Élodie", "Estelle", "Fadila", "Fatou", "Fatoumata", "Ghislaine", "Giulia",
    "Hawa", "Inès", "Irina", "Jeanne", "Jocelyne", "Kadiatou", "Karima", "Khadija", "Laetitia", "Lamia", "Leïla",
    "Louise", "Lucie", "Mariam", "Marie-Laure", "Martine", "Maryam", "Mélanie", "Monique", "Nadia", "Nathalie",
    "Nora", "Océane", "Patricia", "Rachida", "Rosa", "Sabrina", "Salimata", "Sandrine", "Solène", "Sonia", "Sylvie",
    "Valérie", "Yasmine", "Zoé",
)  # fmt: skip
MEN = (
    "Abdou", "Ahmed", "Alain", "Amadou", "André", "Arthur", "Bakary", "Benoît", "Brahim", "Bruno", "Christophe",
    "Cyril", "Damien", "David", "Djibril", "Dragan", "Emre", "Éric", "Fabrice", "Farid", "Florian", "Franck",
    "Gérard", "Gilles", "Guillaume", "Hamza", "Henri", "Hervé", "Ibrahima", "Ilyès", "Issa", "Jean-Luc", "João",
    "Karim", "Kévin", "Laurent", "Loïc", "Malik", "Mamadou", "Marcel", "Mehdi", "Michel", "Mohamed", "Moussa",
    "Nabil", "Nicolas", "Omar", "Pascal", "Paul", "Rachid", "Rémi", "Samir", "Sébastien", "Thierry", "Tomasz",
    "Yann", "Yonas", "Youssef", "Yves",
)  # fmt: skip
LAST = (
    "Alvarez", "Amrani", "André", "Antunes", "Aubert", "Ba", "Barbier", "Barry", "Belkacem", "Benali", "Bernard",
    "Berthier", "Blanchard", "Bonnet", "Boucher", "Brunet", "Camara", "Caradec", "Carpentier", "Chevalier", "Cissé",
    "Colin", "Costa", "Coulibaly", "Da Silva", "Daniel", "Delmas", "Deschamps", "Diallo", "Diarra", "Diop",
    "Dubois", "Dumont", "Dupuis", "El Amrani", "Fabre", "Faure", "Ferrand", "Ferreira", "Fofana", "Fontaine",
    "Fouquet", "Fournier", "Garnier", "Gauthier", "Girard", "Gomez", "Guérin", "Guillot", "Haddad", "Hamidi",
    "Henry", "Hernandez", "Hoareau", "Jaouen", "Joly", "Kaboré", "Kaya", "Keïta", "Khelifi", "Konaté", "Kowalski",
    "Lacroix", "Lambert", "Laroche", "Le Gall", "Le Goff", "Leclerc", "Lefèvre", "Lemaire", "Lopes", "Lopez",
    "Mansouri", "Marchand", "Martinez", "Masson", "Mendes", "Mercier", "Meunier", "Meyer", "Moreau", "Morel",
    "Nguyen", "Noël", "Ollivier", "Ouattara", "Özdemir", "Pereira", "Perrin", "Petit", "Pham", "Picard", "Popescu",
    "Prévost", "Renard", "Rivière", "Robin", "Rodriguez", "Rolland", "Roussel", "Roy", "Saïdi", "Sanchez", "Sarr",
    "Schmitt", "Sow", "Tavares", "Tesfay", "Thomas", "Touré", "Traoré", "Vasseur", "Vidal", "Weber", "Yilmaz",
    "Zidane",
)  # fmt: skip
OWNERS = (
    "M. et Mme Vidal-Soulier", "SCI Les Tamaris", "Mme Odile Castéran", "M. Pierre Roquefeuil",
    "SCI du Vieux Canal", "Mme Hélène Barthès",
)  # fmt: skip
