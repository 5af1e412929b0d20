-- EU AI Act register
insert into duty values ('eu-ai-act:Art.16(a)', 'AI Act Article 16(a)');
insert into duty values ('eu-ai-act:Art.16(m)', 'not there');
insert into duty values ('iso-42001:A.7.6', 'ISO 42001 A.7.6');
insert into duty values ('iso-42001:A.7.7', 'nothing');
