"""Pairs of hypotheses, judged by hand: the same claim in other words, and claims that only look alike.

In a near miss something that decides is another: the method, what is measured, on what, the condition, how much. What
says the contrary is the same claim, since one experiment decides both; `CONTRARY` names those.
"""

SAME = (
    (
        "Late interaction beats distilled dense retrieval on long documents",
        "On long documents, late-interaction models outperform distilled dense retrievers",
    ),
    ("Hard negatives improve recall of the retriever", "Mining hard negatives raises the retriever's recall"),
    (
        "Query rewriting with a small language model increases nDCG@10 on conversational search",
        "Rewriting queries using a small LM improves nDCG@10 for conversational search",
    ),
    (
        "Distillation from a cross-encoder closes the gap to the reranker",
        "A bi-encoder distilled from a cross-encoder is as good as the reranker",
    ),
    (
        "Training on synthetic queries helps domain transfer",
        "Synthetic training queries improve transfer to new domains",
    ),
    (
        "Longer context windows reduce hallucinations in answers",
        "Answers hallucinate less with a longer context window",
    ),
    (
        "Pruning half of the attention heads does not hurt accuracy",
        "Accuracy is unaffected when 50 % of attention heads are pruned",
    ),
    (
        "A larger batch size stabilises contrastive training",
        "Contrastive training becomes more stable with larger batches",
    ),
    (
        "Label smoothing improves calibration of the classifier",
        "The classifier is better calibrated with label smoothing",
    ),
    (
        "Mixing in code data improves reasoning of small language models",
        "Small language models reason better when code is part of their training mix",
    ),
    (
        "Int8 quantisation keeps nDCG within half a point",
        "nDCG drops by no more than 0.5 points under int8 quantization",
    ),
    (
        "Deduplicating the training corpus lowers memorisation",
        "Removing duplicates from the training data reduces memorization",
    ),
    (
        "Learned sparse retrieval is more robust to typos than BM25",
        "Compared with BM25, learned sparse retrievers cope better with misspelled queries",
    ),
    (
        "Curriculum ordering by difficulty speeds up convergence",
        "Ordering examples from easy to hard makes training converge faster",
    ),
    (
        "Warm-up removes divergence at high learning rates",
        "With warmup, training at high learning rates no longer diverges",
    ),
    (
        "Title and abstract together rank better than the abstract alone",
        "Ranking by title plus abstract is better than ranking by abstract only",
    ),
    ("Users click more when answers cite their sources", "Answers with citations get a higher click-through rate"),
    (
        "Retrieval-augmented answers are preferred by raters over closed-book ones",
        "Raters prefer answers with retrieval to closed-book answers",
    ),
    (
        "Freezing the lower layers saves memory without a loss of quality",
        "Quality does not suffer when lower layers are frozen, and memory is saved",
    ),
    (
        "Ensembling three seeds beats one model of three times the size",
        "Three-seed ensembles outperform a single model three times as large",
    ),
)
CONTRARY = (
    ("Hard negatives improve recall of the retriever", "Hard negatives hurt recall of the retriever"),
    (
        "Longer context windows reduce hallucinations in answers",
        "Longer context windows increase hallucinations in answers",
    ),
    (
        "Label smoothing improves calibration of the classifier",
        "Label smoothing does not improve calibration of the classifier",
    ),
    (
        "Late interaction beats distilled dense retrieval on long documents",
        "Late interaction is no better than distilled dense retrieval on long documents",
    ),
)
NEAR_MISS = (
    (
        "Late interaction beats distilled dense retrieval on long documents",
        "Late interaction beats distilled dense retrieval on short questions in a second language",
    ),
    ("Hard negatives improve recall of the retriever", "Hard negatives improve latency of the index"),
    ("Hard negatives improve recall of the retriever", "Data augmentation improves recall of the retriever"),
    (
        "Query rewriting with a small language model increases nDCG@10 on conversational search",
        "Query expansion with pseudo relevance feedback increases nDCG@10 on product search",
    ),
    (
        "Distillation from a cross-encoder closes the gap to the reranker",
        "Distillation from a larger bi-encoder halves the index size",
    ),
    (
        "Training on synthetic queries helps domain transfer",
        "Training on synthetic documents helps multilingual search",
    ),
    ("Longer context windows reduce hallucinations in answers", "Lower temperature reduces hallucinations in answers"),
    (
        "Pruning half of the attention heads does not hurt accuracy",
        "Pruning a third of the vocabulary does not hurt accuracy",
    ),
    ("A larger batch size stabilises contrastive training", "A larger batch size speeds up tokenisation"),
    (
        "Label smoothing improves calibration of the classifier",
        "Temperature scaling improves calibration of the classifier",
    ),
    (
        "Mixing in code data improves reasoning of small language models",
        "Mixing in parallel text improves translation of small language models",
    ),
    ("Int8 quantisation keeps nDCG within half a point", "Product quantisation makes the index eight times smaller"),
    (
        "Deduplicating the training corpus lowers memorisation",
        "Deduplicating the test set lowers the reported accuracy",
    ),
    (
        "Learned sparse retrieval is more robust to typos than BM25",
        "Learned sparse retrieval is slower than BM25 on one core",
    ),
    ("Curriculum ordering by difficulty speeds up convergence", "Curriculum ordering by length saves padding"),
    ("Warm-up removes divergence at high learning rates", "Gradient clipping removes divergence with half precision"),
    (
        "Title and abstract together rank better than the abstract alone",
        "Author and venue together predict citations better than the abstract alone",
    ),
    ("Users click more when answers cite their sources", "Users stay longer when answers are shorter"),
    (
        "Retrieval-augmented answers are preferred by raters over closed-book ones",
        "Retrieval-augmented answers are slower than closed-book ones",
    ),
    (
        "Freezing the lower layers saves memory without a loss of quality",
        "Gradient checkpointing saves memory without a loss of quality",
    ),
    (
        "Ensembling three seeds beats one model of three times the size",
        "Averaging the weights of three seeds beats one seed",
    ),
    ("Cross-lingual transfer works from German to Dutch", "Cross-lingual transfer works from English to Finnish"),
    ("Dropout of 0.3 improves generalisation of the tagger", "Weight decay improves generalisation of the tagger"),
    ("Reranking the first 100 passages is enough", "Encoding the first 100 tokens is enough"),
)

# Written after the thresholds were chosen on the pairs above, and never used to choose any.
HELD_OUT_SAME = (
    ("Mixture-of-experts layers cut training cost at equal loss", "At the same loss, MoE layers make training cheaper"),
    (
        "Instruction tuning on 1,000 examples is enough for our tone of voice",
        "A thousand instruction examples suffice to get our tone of voice",
    ),
    (
        "Showing fewer recommendations raises long-term retention",
        "Long-term retention grows when users see fewer recommendations",
    ),
    (
        "Speculative decoding halves latency without changing outputs",
        "With speculative decoding, latency drops by half and outputs stay the same",
    ),
    (
        "Chunking by section finds more relevant passages than fixed windows",
        "Section-based chunks retrieve relevant passages better than fixed-size windows",
    ),
    (
        "Adapters match full fine-tuning on intent detection",
        "Intent detection with adapters is as accurate as with full fine-tuning",
    ),
    (
        "Popularity debiasing improves diversity without lowering clicks",
        "Correcting for popularity bias makes results more diverse at no loss of clicks",
    ),
    (
        "Test-time augmentation makes the detector robust to blur",
        "The detector withstands blur when augmentation is used at test time",
    ),
    (
        "Self-consistency voting improves arithmetic accuracy",
        "Majority voting over sampled answers raises accuracy in arithmetic",
    ),
    (
        "Gradient accumulation gives the same result as a large batch",
        "Accumulating gradients is equivalent to training with a large batch",
    ),
    ("A rule-based filter catches most toxic outputs", "Most toxic outputs are caught by simple rules"),
    ("Personalised ranking helps frequent users most", "Frequent users benefit most from personalised ranking"),
    (
        "Cosine decay ends at a lower loss than a constant learning rate",
        "The final loss is lower with cosine decay than with a constant learning rate",
    ),
    (
        "Caching embeddings of frequent queries saves a third of GPU time",
        "One third of GPU time is saved when embeddings of frequent queries are cached",
    ),
    (
        "Knowledge graphs reduce wrong entity links in answers",
        "Fewer entities are linked wrongly when answers use a knowledge graph",
    ),
    ("Annotator agreement rises with a shorter rubric", "A shorter rubric leads to higher agreement among annotators"),
)
HELD_OUT_NEAR_MISS = (
    (
        "Mixture-of-experts layers cut training cost at equal loss",
        "Mixture-of-experts layers raise memory use at inference",
    ),
    (
        "Instruction tuning on 1,000 examples is enough for our tone of voice",
        "Preference tuning on 1,000 pairs is enough to stop refusals",
    ),
    (
        "Showing fewer recommendations raises long-term retention",
        "Showing newer recommendations raises short-term clicks",
    ),
    (
        "Speculative decoding halves latency without changing outputs",
        "Static batching halves cost without changing latency",
    ),
    (
        "Chunking by section finds more relevant passages than fixed windows",
        "Overlapping windows find more relevant passages than disjoint ones",
    ),
    ("Adapters match full fine-tuning on intent detection", "Prompting matches adapters on summarisation"),
    (
        "Popularity debiasing improves diversity without lowering clicks",
        "Position debiasing improves offline metrics without raising clicks",
    ),
    (
        "Test-time augmentation makes the detector robust to blur",
        "Adversarial training makes the detector robust to patches",
    ),
    (
        "Self-consistency voting improves arithmetic accuracy",
        "Chain-of-thought prompting improves commonsense accuracy",
    ),
    (
        "Gradient accumulation gives the same result as a large batch",
        "Gradient accumulation takes longer than a large batch",
    ),
    ("A rule-based filter catches most toxic outputs", "A rule-based tokeniser splits most chemical names"),
    ("Personalised ranking helps frequent users most", "Personalised notifications annoy frequent users most"),
    (
        "Cosine decay ends at a lower loss than a constant learning rate",
        "Cosine similarity ranks better than a dot product",
    ),
    (
        "Caching embeddings of frequent queries saves a third of GPU time",
        "Quantising embeddings of documents saves a third of the disk",
    ),
    (
        "Knowledge graphs reduce wrong entity links in answers",
        "Knowledge graphs improve recall of rare entities in search",
    ),
    ("Annotator agreement rises with a shorter rubric", "Annotator speed rises with a shorter guideline"),
)
