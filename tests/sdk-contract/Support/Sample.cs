using System.Collections.Immutable;
using Pulumi;

namespace GopherMesh.Tests.SdkContract.Support;

/// <summary>A custom resource with one input and output of each kind that matters.</summary>
internal sealed class Sample(string name, SampleArgs? args = null, CustomResourceOptions? options = null)
    : CustomResource("test:index:Sample", name, args ?? new SampleArgs(), options)
{
    [Output("text")]
    public Output<string> Text { get; private set; } = null!;

    [Output("number")]
    public Output<int> Number { get; private set; } = null!;

    [Output("optional")]
    public Output<int?> Optional { get; private set; } = null!;

    [Output("list")]
    public Output<ImmutableArray<string>> List { get; private set; } = null!;

    [Output("nested")]
    public Output<SampleNested> Nested { get; private set; } = null!;
}

internal sealed class SampleArgs : ResourceArgs
{
    [Input("list")]
    private InputList<string>? _list;

    [Input("map")]
    private InputMap<object>? _map;

    [Input("anything")]
    public Input<object>? Anything { get; set; }

    [Input("json")]
    public InputJson? Json { get; set; }

    [Input("asJson", json: true)]
    public Input<SampleNestedArgs>? AsJson { get; set; }

    public InputList<string> List
    {
        get => _list ??= new InputList<string>();
        set => _list = value;
    }

    public InputMap<object> Map
    {
        get => _map ??= new InputMap<object>();
        set => _map = value;
    }

    [Input("nested")]
    public Input<SampleNestedArgs>? Nested { get; set; }

    [Input("number")]
    public Input<int>? Number { get; set; }

    [Input("resource")]
    public Input<Resource>? Resource { get; set; }

    [Input("size")]
    public InputUnion<int, string>? Size { get; set; }

    [Input("text")]
    public Input<string>? Text { get; set; }
}

internal sealed class SampleNestedArgs : ResourceArgs
{
    [Input("flag")]
    public Input<bool>? Flag { get; set; }

    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;
}

[OutputType]
internal sealed class SampleNested
{
    public readonly string Name;
    public readonly bool Flag;
    public readonly ImmutableDictionary<string, string> Labels;

    [OutputConstructor]
    private SampleNested(string name, bool flag, ImmutableDictionary<string, string> labels)
        => (Name, Flag, Labels) = (name, flag, labels);
}

/// <summary>A component with one output.</summary>
internal sealed class Component : ComponentResource
{
    public Component(string name, ComponentResourceOptions? options = null)
        : base("test:index:Component", name, options)
        => RegisterOutputs();

    [Output("url")]
    public Output<string> Url { get; private set; } = Output.Create("http://gophers");
}
