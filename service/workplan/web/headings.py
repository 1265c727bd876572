"""What pages show apart, what they show first, and what they call that which points to a resource.

Pure: it asks nothing and knows no request.
"""

from collections.abc import Mapping
from typing import Final

from workplan.model.errors import N_
from workplan.model.namespaces import expand

TYPE: Final = expand("rdf:type")

IN_HEADING: Final = frozenset(
    map(expand, ("rdf:type", "rdfs:label", "skos:prefLabel", "dcterms:title", "wp:code", "wp:order", "wp:verbatim"))
)
"""Properties that the page's heading and quotation already show."""

IN_LEAD: Final = tuple(map(expand, ("skos:definition", "dcterms:description")))
"""Properties that say what a resource is, which a page says first; an anomaly's body and a note's evidence do too."""

APART: Final = frozenset(
    map(
        expand,
        (
            "skos:topConceptOf",
            "skos:notation",
            "skos:hiddenLabel",
            "rdfs:isDefinedBy",
            "wp:statedIn",
            "oa:motivatedBy",
            "org:identifier",
        ),
    )
)
"""Properties that say how the data are kept, not what they are about: shown among all statements only."""

FIRST: Final = tuple(
    map(
        expand,
        (
            "wp:guidingQuestion",
            "wp:strategicLine",
            "wp:proposedStrategicLine",
            "wp:actionLine",
            "wp:proposedActionLine",
            "wp:linkedStrategicLine",
            "wp:hasObjective",
            "wp:objectiveOf",
            "wp:directlyExecutedBy",
            "wp:involves",
            "wp:instrument",
            "wp:thematicScope",
            "wp:plannedQuarter",
            "wp:budgetImpact",
            "dcterms:type",
            "wp:eventDate",
            "wp:eventPlace",
            "wp:eventCertainty",
            "wp:concerns",
            "wp:teamFunction",
            "wp:meetingFrequency",
            "wp:ownership",
            "wp:memberCount",
            "wp:scale",
            "skos:memberList",
            "skos:scopeNote",
            "skos:example",
            "wp:ofNetwork",
            "org:unitOf",
            "prov:specializationOf",
            "dcterms:temporal",
            "wp:planYear",
            "wp:planStatus",
            "dcterms:dateAccepted",
            "wp:aboutResource",
            "wp:aboutProperty",
            "wp:gapReason",
            "rdf:subject",
            "rdf:predicate",
            "rdf:object",
            "wp:anomalyType",
            "oa:hasTarget",
            "wp:proposedResolution",
            "wp:inferenceMethod",
            "wp:confidence",
            "wp:evidence",
            "time:hasBeginning",
            "time:hasEnd",
        ),
    )
)
"""The order in which facts read well; the others follow by their labels."""

LAST: Final = tuple(
    map(expand, ("wp:elementOf", "skos:altLabel", "skos:editorialNote", "dcterms:source", "skos:inScheme"))
)
"""Facts that say least about the resource."""

IN_WORDS: Final[Mapping[str, str]] = {
    expand("rdf:subject"): N_("Sobre què"),
    expand("rdf:predicate"): N_("Propietat"),
    expand("rdf:object"): N_("Valor afegit"),
}
"""Properties that a page calls otherwise than the data do: a note's, by words that need no grammar."""

INVERSE: Final[Mapping[str, str]] = {
    expand(name): heading
    for name, heading in {
        "wp:strategicLine": N_("Accions d'aquesta línia estratègica"),
        "wp:proposedStrategicLine": N_("Accions que potser són d'aquesta línia estratègica"),
        "wp:linkedStrategicLine": N_("Línies d'actuació que s'hi associen"),
        "wp:actionLine": N_("Accions que despleguen aquesta línia d'actuació"),
        "wp:proposedActionLine": N_("Accions que potser volien citar aquesta línia d'actuació"),
        "wp:directlyExecutedBy": N_("Accions que executa"),
        "wp:involves": N_("Accions en què participa"),
        "wp:instrument": N_("Accions amb aquest instrument"),
        "wp:thematicScope": N_("Accions d'aquest àmbit"),
        "wp:budgetImpact": N_("Accions amb aquest impacte pressupostari"),
        "wp:plannedQuarter": N_("Accions previstes per a aquest trimestre"),
        "wp:hasObjective": N_("Línia estratègica que el persegueix"),
        "wp:meetingFrequency": N_("Equips que es troben amb aquesta periodicitat"),
        "wp:ownership": N_("Equips amb aquesta titularitat"),
        "wp:planStatus": N_("Versions en aquest estat"),
        "wp:scale": N_("Indicadors que fan servir aquesta escala"),
        "wp:ofNetwork": N_("Plans i equips de la xarxa"),
        "wp:elementOf": N_("Elements que formen la versió"),
        "wp:continues": N_("Hi dona continuïtat"),
        "wp:eventPlace": N_("Què hi ha passat"),
        "wp:eventCertainty": N_("Fites amb aquesta certesa"),
        "wp:executes": N_("Execucions d'aquesta acció"),
        "wp:refAction": N_("Observacions d'aquesta acció"),
        "wp:refIndicator": N_("Observacions amb aquest indicador"),
        "wp:usedMechanism": N_("Observacions fetes amb aquest mecanisme"),
        "wp:gapReason": N_("Buits amb aquest motiu"),
        "wp:inferenceMethod": N_("Valors afegits amb aquest mètode"),
        "wp:confidence": N_("Notes amb aquesta confiança"),
        "wp:anomalyType": N_("Anomalies d'aquest tipus"),
        "wp:proposedResolution": N_("Dubte per al qual aquesta nota proposa una solució"),
        "skos:inScheme": N_("Conceptes de l'esquema"),
        "skos:relatedMatch": N_("Hi està relacionat"),
        "skos:closeMatch": N_("S'assembla molt a"),
        "dcterms:type": N_("Fites d'aquest tipus"),
        "dcterms:subject": N_("Recursos sobre aquest concepte"),
        "dcterms:references": N_("Accions que ho esmenten"),
        "dcterms:source": N_("Vocabularis que en surten"),
        "dcterms:isPartOf": N_("Vocabularis del pla"),
        "dcterms:temporal": N_("Plans i equips d'aquest període"),
        "dcterms:hasPart": N_("Forma part de"),
        "time:intervalIn": N_("Períodes que conté"),
        "prov:hadPrimarySource": N_("Versions fetes a partir d'aquest document"),
        "prov:specializationOf": N_("En cada període"),
        "prov:wasAttributedTo": N_("Què se li atribueix"),
        "org:purpose": N_("De qui és la finalitat"),
        "org:resultingOrganization": N_("Com va néixer"),
        "org:subOrganizationOf": N_("Entitats que en formen part"),
        "xkos:compares": N_("Correspondències amb altres numeracions"),
        "xkos:madeOf": N_("Correspondència de què forma part"),
        "xkos:sourceConcept": N_("A quina línia d'actuació de la llista correspon"),
        "xkos:targetConcept": N_("Amb quin altre número se l'ha citada"),
        "rdf:type": N_("Recursos d'aquesta classe"),
    }.items()
}
"""How a page calls what points to its resource by a property; any other property is called by its own label."""

KEPT_APART_BACK: Final = frozenset(
    map(
        expand,
        [
            "rdf:subject",
            "rdf:object",
            "rdf:predicate",
            "rdf:first",
            "wp:aboutResource",
            "wp:concerns",
            "wp:objectiveOf",
            "oa:hasTarget",
            "oa:hasSource",
            "skos:topConceptOf",
            "org:unitOf",
            "dcterms:isVersionOf",
            "dcterms:hasVersion",
            "dcterms:creator",
            "prov:wasDerivedFrom",
            "sh:hasValue",
            "sh:class",
            "sh:targetNode",
        ],
    )
)
"""Properties whose other end the page shows in another way, or that would only repeat it."""
