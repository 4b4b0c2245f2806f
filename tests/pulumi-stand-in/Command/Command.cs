using System.Collections.Immutable;

namespace Pulumi.Command.Local;

/// <summary>A command that runs on this machine when the resource is created, updated or deleted.</summary>
[CommandResourceType("command:local:Command")]
public class Command : CustomResource
{
    public Command(string name, CommandArgs? args = null, CustomResourceOptions? options = null)
        : base("command:local:Command", name, args ?? new CommandArgs(), MakeOptions(options, ""))
    {
    }

    private Command(string name, Input<string> id, CustomResourceOptions? options)
        : base("command:local:Command", name, null, MakeOptions(options, id))
    {
    }

    [Output("create")]
    public Output<string?> Create { get; private set; } = null!;

    [Output("delete")]
    public Output<string?> Delete { get; private set; } = null!;

    [Output("dir")]
    public Output<string?> Dir { get; private set; } = null!;

    [Output("environment")]
    public Output<ImmutableDictionary<string, string>?> Environment { get; private set; } = null!;

    [Output("interpreter")]
    public Output<ImmutableArray<string>> Interpreter { get; private set; } = null!;

    [Output("logging")]
    public Output<Logging?> Logging { get; private set; } = null!;

    [Output("stderr")]
    public Output<string> Stderr { get; private set; } = null!;

    [Output("stdin")]
    public Output<string?> Stdin { get; private set; } = null!;

    [Output("stdout")]
    public Output<string> Stdout { get; private set; } = null!;

    [Output("triggers")]
    public Output<ImmutableArray<object>> Triggers { get; private set; } = null!;

    [Output("update")]
    public Output<string?> Update { get; private set; } = null!;

    public static Command Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);

    private static CustomResourceOptions MakeOptions(CustomResourceOptions? options, Input<string> id)
    {
        var defaults = new CustomResourceOptions { Version = CommandResourceTypeAttribute.PackageVersion, ReplaceOnChanges = ["triggers[*]"] };
        var merged = CustomResourceOptions.Merge(defaults, options);
        merged.Id = id;
        return merged;
    }
}
