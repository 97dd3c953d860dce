"""The words that the sample's companies are made of. Lists are in order of frequency: the first ones are the most common."""

COUNTRIES: dict[str, tuple[int, str, str]] = {  # name: (weight per 1,000, domain suffix, "City|State" by size)
    "United States": (
        300,
        "com",
        "New York|NY;San Francisco|CA;Los Angeles|CA;Chicago|IL;Austin|TX;Boston|MA;Seattle|WA;Dallas|TX;Atlanta|GA;Denver|CO;Miami|FL;"
        "Houston|TX;San Diego|CA;Philadelphia|PA;Portland|OR;Phoenix|AZ;Minneapolis|MN;Charlotte|NC;Nashville|TN;Salt Lake City|UT;"
        "Columbus|OH;Detroit|MI;Raleigh|NC;Kansas City|MO;Tampa|FL;Pittsburgh|PA;Boise|ID;Omaha|NE;Madison|WI;Tulsa|OK",
    ),
    "United Kingdom": (95, "co.uk", "London|;Manchester|;Birmingham|;Leeds|;Bristol|;Edinburgh|;Glasgow|;Cambridge|;Cardiff|;Belfast|"),
    "Germany": (85, "de", "Berlin|;Munich|;Hamburg|;Frankfurt am Main|;Cologne|;Stuttgart|;Düsseldorf|;Leipzig|;Nuremberg|;Münster|"),
    "France": (60, "fr", "Paris|;Lyon|;Marseille|;Toulouse|;Nantes|;Lille|;Bordeaux|"),
    "India": (60, "in", "Bengaluru|;Mumbai|;New Delhi|;Hyderabad|;Pune|;Chennai|;Ahmedabad|;Kolkata|"),
    "Canada": (50, "ca", "Toronto|ON;Vancouver|BC;Montreal|QC;Calgary|AB;Ottawa|ON;Edmonton|AB;Halifax|NS"),
    "Australia": (40, "com.au", "Sydney|NSW;Melbourne|VIC;Brisbane|QLD;Perth|WA;Adelaide|SA;Canberra|ACT"),
    "Netherlands": (35, "nl", "Amsterdam|;Rotterdam|;Utrecht|;Eindhoven|;The Hague|"),
    "Brazil": (34, "com.br", "São Paulo|;Rio de Janeiro|;Belo Horizonte|;Curitiba|"),
    "Spain": (32, "es", "Madrid|;Barcelona|;Valencia|;Seville|"),
    "Italy": (32, "it", "Milan|;Rome|;Turin|;Bologna|"),
    "Sweden": (20, "se", "Stockholm|;Gothenburg|;Malmö|"),
    "Switzerland": (18, "ch", "Zurich|;Geneva|;Basel|;Bern|"),
    "Poland": (18, "pl", "Warsaw|;Krakow|;Wroclaw|"),
    "Japan": (17, "co.jp", "Tokyo|;Osaka|;Nagoya|"),
    "Belgium": (14, "be", "Brussels|;Antwerp|;Ghent|"),
    "Austria": (12, "at", "Vienna|;Graz|;Linz|"),
    "Denmark": (11, "dk", "Copenhagen|;Aarhus|"),
    "Norway": (10, "no", "Oslo|;Bergen|"),
    "Israel": (9, "co.il", "Tel Aviv|;Haifa|"),
    "Singapore": (8, "com.sg", "Singapore|"),
    "Mexico": (8, "com.mx", "Mexico City|;Monterrey|"),
    "South Africa": (7, "co.za", "Johannesburg|;Cape Town|"),
    "Ireland": (7, "ie", "Dublin|;Cork|"),
    "Finland": (6, "fi", "Helsinki|;Tampere|"),
    "New Zealand": (5, "co.nz", "Auckland|;Wellington|"),
    "Portugal": (5, "pt", "Lisbon|;Porto|"),
    "United Arab Emirates": (2, "ae", "Dubai|;Abu Dhabi|"),
}
GLOBAL_SUFFIXES = ["com", "io", "net", "ai", "org", "co"]

INDUSTRIES: dict[str, tuple[str, int, float, str]] = {  # name: (sector, weight per 1,000, how digital, the CRM's picklist value)
    "Professional Services": ("Industrials", 95, 0.9, "Consulting"),
    "Construction": ("Industrials", 90, 0.5, "Construction"),
    "Restaurants": ("Consumer Discretionary", 75, 0.4, "Food & Beverage"),
    "Retail": ("Consumer Discretionary", 75, 1.1, "Retail"),
    "Medical Practices": ("Health Care", 65, 0.6, "Healthcare"),
    "Software": ("Information Technology", 60, 1.7, "Technology"),
    "IT Services": ("Information Technology", 55, 1.4, "Technology"),
    "Real Estate": ("Real Estate", 50, 0.7, "Other"),
    "Wholesale": ("Industrials", 45, 0.8, "Retail"),
    "Marketing & Advertising": ("Communication Services", 45, 1.4, "Media"),
    "Legal Services": ("Industrials", 35, 0.6, "Consulting"),
    "Machinery": ("Industrials", 35, 0.8, "Machinery"),
    "Education": ("Consumer Discretionary", 30, 1.0, "Education"),
    "Logistics": ("Industrials", 30, 0.8, "Transportation"),
    "Banking": ("Financials", 22, 1.2, "Banking"),
    "Insurance": ("Financials", 22, 1.2, "Insurance"),
    "Non-Profit": ("Industrials", 22, 0.7, "Not For Profit"),
    "Hospitality": ("Consumer Discretionary", 20, 0.7, "Hospitality"),
    "Food Production": ("Consumer Staples", 18, 0.6, "Food & Beverage"),
    "Chemicals": ("Materials", 15, 0.8, "Chemicals"),
    "E-Commerce": ("Consumer Discretionary", 15, 1.8, "Retail"),
    "Fintech": ("Financials", 12, 1.8, "Finance"),
    "Media": ("Communication Services", 12, 1.3, "Media"),
    "Electronics": ("Information Technology", 12, 1.1, "Electronics"),
    "Automotive": ("Consumer Discretionary", 10, 0.9, "Manufacturing"),
    "Biotechnology": ("Health Care", 8, 1.1, "Biotechnology"),
    "Energy": ("Energy", 8, 0.9, "Energy"),
    "Telecommunications": ("Communication Services", 7, 1.3, "Telecommunications"),
    "Aerospace": ("Industrials", 5, 0.9, "Manufacturing"),
    "Utilities": ("Utilities", 4, 0.9, "Utilities"),
    "Pharmaceuticals": ("Health Care", 3, 1.1, "Biotechnology"),
}

EMPLOYEES_RANGES = ["1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001-10000", "10001+"]
EMPLOYEES_FLOORS = [1, 11, 51, 201, 501, 1001, 5001, 10001]
REVENUE_RANGES = ["0-1M", "1M-10M", "10M-50M", "50M-100M", "100M-500M", "500M-1B", "1B-10B", "10B+"]
REVENUE_FLOORS = [0, 10**6, 10**7, 5 * 10**7, 10**8, 5 * 10**8, 10**9, 10**10]
CAP_BANDS = ["Nano Cap", "Micro Cap", "Small Cap", "Mid Cap", "Large Cap", "Mega Cap"]
CAP_FLOORS = [0, 5 * 10**7, 3 * 10**8, 2 * 10**9, 10**10, 2 * 10**11]

CATEGORIES: dict[str, str] = {  # category: its products, the most common first
    "web analytics": "Pagecount,Visitlog,Clickpath,Funnelscope,Heatlens,Sessiondeck,Trailmark,Metrica",
    "web hosting": "Stackhaus,Nimbushost,Rackfold,Edgepark,Cloudberth,Hostwell,Serverly,Dockyard",
    "content management": "Wordloom,Pagewright,Contentoak,Pressroom,Sitekeep,Blockpage,Draftly,Folio CMS",
    "tag management": "Tagwise,Tagbridge,Pixelport,Snippetry,Tagforge,Beaconset,Scriptline,Tagloom",
    "marketing automation": "Mailpond,Nurturly,Campaignist,Leadgarden,Dripworks,Outreachly,Sendgrove,Journeybox",
    "data warehouse": "Snowpeak,Lakestone,Coldstore,Warehouse One,Columnar,Bigtablet,Deltaport,Basalt DB",
    "e-commerce": "Shopfront,Cartwheel,Storeloom,Basketly,Merchantry,Tillpoint,Vendora,Checkoutly",
    "crm": "Salesgrove,Pipelinea,Dealdesk,Contactly,Relatewell,Closeboard,Accountly,Opportune",
    "business intelligence": "Chartwell BI,Lookout,Tablework,Quickview Hill,Dashboardly,Insightful,Cubeview,Reportery",
    "customer support": "Deskhelp,Ticketbox,Replyline,Supportal,Answerly,Queuecare,Helploom,Careline",
    "data integration": "Pipefit,Fivepoint,Syncwright,Ingestly,Bridgeport Sync,Flowgate,Connectory,Loadstone",
    "video conferencing": "Meetroom,Callbridge,Zoomlet,Huddleport,Facewall,Roomcast,Webcircle,Confera",
    "payments": "Paystripe,Settle,Payline,Coinpurse,Chargewell,Billfold,Ledgerpay,Remitwell",
    "human resources": "Peopleforce,Staffbook,Payrollio,Hirewell,Talentloom,Rosterly,Benefitly,Workhours",
    "security": "Wardstone,Firegate,Keyvault,Authwell,Shieldport,Cipherly,Sentrybox,Idenlink",
    "developer tools": "Codeharbor,Buildkit,Deployly,Testloom,Gitbarn,Pipelane,Logtrail,Errorwatch",
    "erp": "Enterpriza,Ledgerline,Netfinance,Factoria,Planwell,Odyssey ERP,Bizcore,Stockroom",
    "content delivery": "Fastlane CDN,Edgecast One,Cachehill,Swiftnode,Geoedge,Lightpath,Speedwell,Proximo",
    "customer data platform": "Segmentic,Unify CDP,Profilebase,Identigraph,Audienceful,Onelens,Mergewell,Personahub",
    "machine learning": "Modelyard,Trainhub,Featurely,Vectorbase,Promptly,Neuronet,Labelhill,Inferline",
}
_BY_CATEGORY = {category: names.split(",") for category, names in CATEGORIES.items()}
PRODUCTS: list[tuple[str, str]] = [(names[place], category) for place in range(8) for category, names in _BY_CATEGORY.items()]
"""(product, category), the most common first."""

KEYWORD_SETS: dict[str, str] = {  # name: its keywords
    "data platform": "data warehouse,data lake,cloud data platform,data pipeline,change data capture,data catalog,data mesh,etl tools",
    "analytics": "self-service analytics,business intelligence,dashboard software,embedded analytics,kpi reporting,data visualization,"
    "predictive analytics,ad hoc reporting",
    "vendor onboarding": "implementation partner,data migration,vendor onboarding,security questionnaire,procurement checklist,"
    "software training,change management,service level agreement",
    "security": "zero trust,endpoint protection,single sign-on,penetration testing,soc 2 compliance,ransomware,phishing,siem",
    "marketing": "email marketing,account-based marketing,lead scoring,content marketing,seo,marketing attribution,webinars,brand safety",
    "sales": "sales enablement,crm software,sales forecasting,cold outreach,quota planning,sales coaching,cpq,territory planning",
    "human resources": "applicant tracking,payroll software,employee engagement,remote work,performance reviews,hr analytics,"
    "benefits administration,workforce planning",
    "finance": "accounts payable,expense management,revenue recognition,erp,financial planning,tax compliance,invoicing,treasury",
    "operations": "supply chain visibility,inventory management,fleet management,field service,procurement,quality management,"
    "warehouse automation,iot",
    "cloud": "kubernetes,cloud cost management,serverless,cloud migration,observability,disaster recovery,edge computing,devops",
}
_BY_KEYWORD_SET = {name: keywords.split(",") for name, keywords in KEYWORD_SETS.items()}
KEYWORDS: list[str] = [keywords[place] for place in range(8) for keywords in reversed(_BY_KEYWORD_SET.values())]


def keywords_of(keyword_set: str) -> list[str]:
    """The keywords of a keyword set.

    >>> keywords_of("analytics")[:2]
    ['self-service analytics', 'business intelligence']
    """
    return _BY_KEYWORD_SET[keyword_set]


def products_of(category: str) -> list[str]:
    """The products of a category, the most common first.

    >>> products_of("data warehouse")[:4]
    ['Snowpeak', 'Lakestone', 'Coldstore', 'Warehouse One']
    """
    return _BY_CATEGORY[category]
