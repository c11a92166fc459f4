/**
 * Conversations, and what a model sees of them: the text that its own chat template makes, its tokens, and which of them are
 * learnt.
 *
 * <p>{@link org.loradash.data.chat.Conversation} is a record, {@link org.loradash.data.chat.ChatTemplate} finds the model's
 * template and renders by it as transformers' {@code apply_chat_template} does, {@link org.loradash.data.chat.Chat} makes
 * tokens and labels. Templates come from outside: {@link org.loradash.data.jinja} bounds what they do.
 *
 * <p>May call: data's files, tokenizers and templates, config, {@code tsd}. Must not know: Spark, models and tasks.
 */
package org.loradash.data.chat;
