"""Commands whose words are a query."""

import click


class QueryCommand(click.Command):
    """A command whose words may begin with a minus: -video is part of the query, --limit is an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options first, then `--`, then the words in their order."""
        takes_value = {
            flag: not (isinstance(option, click.Option) and (option.is_flag or option.count))
            for option in self.get_params(ctx)
            for flag in option.opts
            if isinstance(option, click.Option)
        }
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for argument in rest:
            if argument == "--":
                words += rest
            elif argument in takes_value:
                options.append(argument)
                if takes_value[argument]:
                    options += [value for value in [next(rest, None)] if value is not None]
            elif argument.startswith("--") and len(argument) > 2:
                options.append(argument)
            else:
                words.append(argument)
        return super().parse_args(ctx, [*options, "--", *words])
