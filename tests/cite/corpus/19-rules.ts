// AI Act rules
export const rules = [
  { id: "aia-5", article: "Article 5", title: "Prohibited AI practices" },
  { id: "aia-9", article: "Article 9", title: "Risk management system" },
  { id: "aia-10", article: "Article 10", title: "Data and data governance" },
  { id: "aia-12", article: "Article 12", title: "Record-keeping" },
  { id: "aia-61", article: "Article 61: post-market monitoring" },
  { id: "aia-62", article: "Article 62 – serious incident reporting" },
];
