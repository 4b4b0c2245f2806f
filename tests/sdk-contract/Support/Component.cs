using Pulumi;

namespace GopherMesh.Tests.SdkContract.Support;

/// <summary>A component with one output.</summary>
internal sealed class Component : ComponentResource
{
    [Output("url")]
    public Output<string> Url { get; private set; } = Output.Create("http://gophers");

    public Component(string name, ComponentResourceOptions? options = null)
        : base("test:index:Component", name, options)
        => RegisterOutputs();
}
